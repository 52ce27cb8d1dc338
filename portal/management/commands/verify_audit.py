from django.core.management.base import BaseCommand, CommandError

from contacts import audit


class Command(BaseCommand):
    help = "Walks along every chain of audit events and names the first broken link of each chain that does not hold."

    def add_arguments(self, parser):
        parser.add_argument("--chain", metavar="KEY", help="The key of one district; empty: the portal's own chain.")

    def handle(self, *, chain, **options):
        chains = audit.chains(chain)
        if chain is not None and not chains:
            raise CommandError(f"There is no chain “{chain}”.")
        events = sum(each.events for each in chains)
        if broken := [each for each in chains if each.fault]:
            for each in broken:
                self.stdout.write(f"{each}.")
            raise CommandError(f"{len(broken)} of {len(chains)} chains with {events:,} events do not hold.")
        self.stdout.write(f"{events:,} events in {len(chains):,} chains hold.")
