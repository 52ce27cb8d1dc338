import os

from django.core.management.base import BaseCommand, CommandError

from credentials import edfi

OUTCOMES = ["created", "updated", "unchanged", "refused"]
WIDTH = 40


class Command(BaseCommand):
    help = "Loads a district, its schools, staff and credentials from Ed-Fi 5.x XML files, given in any order."

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE")

    def handle(self, *args, files, **options):
        try:
            summary = edfi.load(list(dict.fromkeys(files)), on_read=self.progress_bar(files))
        except edfi.Unreadable as fault:
            if self.stderr.isatty():
                self.stderr.write("")
            raise CommandError(f"{fault} Nothing was loaded.") from fault
        self.stdout.write("".join([f"{'':14}", *(f"{outcome:>11}" for outcome in OUTCOMES)]))
        for kind, counts in summary.counts.items():
            # Assignments are never rows of their own, so a line of noughts would only puzzle.
            if counts or kind != "assignments":
                self.stdout.write("".join([f"{kind:14}", *(f"{counts[outcome]:11,}" for outcome in OUTCOMES)]))
        for refusal in summary.refusals:
            self.stdout.write(f"Refused: {refusal}")
        for note in summary.notes:
            self.stdout.write(f"Note: {note}")
        self.say_what_next(summary)

    def say_what_next(self, summary):
        where = "under Contacts, People, or in the admin"
        if summary.without_address:
            self.stdout.write(f"People without an e-mail address yet: {summary.without_address:,}. Add it {where}.")
        if summary.to_invite:
            self.stdout.write(f"People who can be invited now: {summary.to_invite:,}. Invite them {where}.")

    def progress_bar(self, files):
        """Draws how much is read, where someone watches."""
        whole = sum(os.path.getsize(file) for file in files if os.path.isfile(file))
        read = 0

        def on_read(size):
            nonlocal read
            read += size
            if self.stderr.isatty():
                part = min(read / whole, 1)
                end = "\n" if part == 1 else ""
                bar = "█" * round(part * WIDTH)
                self.stderr.write(f"\rReading {bar:░<{WIDTH}} {part:4.0%}{end}", style_func=str, ending="")

        return on_read
