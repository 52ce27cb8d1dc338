import os

from django.core.management.base import BaseCommand, CommandError

from credentials import edfi

OUTCOMES = ["created", "updated", "unchanged", "refused"]
PROGRESS_BAR_WIDTH = 40


class Command(BaseCommand):
    help = (
        "Imports a district, its schools, courses, staff and credentials from Ed-Fi 3.2, 4.0 or 5.x XML, in any order."
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument(
            "--district",
            default="",
            metavar="IDENTIFIER",
            help="the district's state identifier; needed once it has people, or where no file describes it",
        )
        parser.add_argument(
            "--moved",
            action="append",
            default=[],
            metavar="ADDRESS",
            help="the e-mail address of a person who moves here from another district; may be given again",
        )

    def handle(self, *args, files, district, moved, **options):
        files = list(dict.fromkeys(files))
        try:
            summary = edfi.load(files, district=district, moved=moved, on_read=self.progress_bar(files))
        except edfi.InterchangeError as error:
            if self.stderr.isatty():
                # End the line of the progress bar.
                self.stderr.write("")
            raise CommandError(f"{error} Nothing was imported.") from error
        self.stdout.write("".join([f"{'':14}", *(f"{outcome:>11}" for outcome in OUTCOMES)]))
        for kind, counts in summary.counts.items():
            # Assignments are only ever refused, and many files have no courses, so rows of zeros would be confusing.
            if counts or kind not in ("assignments", "courses"):
                self.stdout.write("".join([f"{kind:14}", *(f"{counts[outcome]:11,}" for outcome in OUTCOMES)]))
        for issue in summary.refusals:
            self.stdout.write(f"Refused: {issue}")
        for issue in summary.notes:
            self.stdout.write(f"Note: {issue}")
        self.print_next_steps(summary)

    def print_next_steps(self, summary):
        where = "under Contacts, People, or in the admin"
        if summary.without_email:
            self.stdout.write(f"People without an e-mail address: {summary.without_email:,}. Add one {where}.")
        if summary.to_invite:
            self.stdout.write(f"People you can invite now: {summary.to_invite:,}. Invite them {where}.")

    def progress_bar(self, files):
        """A callback that draws how much has been read, if the output is a terminal."""
        total = sum(os.path.getsize(file) for file in files if os.path.isfile(file))
        read = 0

        def on_read(size):
            nonlocal read
            read += size
            if total and self.stderr.isatty():
                share = read / total
                end = "\n" if share == 1 else ""
                bar = "█" * round(share * PROGRESS_BAR_WIDTH)
                line = f"\rReading {bar:░<{PROGRESS_BAR_WIDTH}} {share:4.0%}{end}"
                self.stderr.write(line, style_func=str, ending="")

        return on_read
