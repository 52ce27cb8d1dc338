"""What the invented districts ask, and what they are told."""

from typing import NamedTuple

from cases.models import Case

Kind = Case.Kind


class Topic(NamedTuple):
    kind: str
    area: str
    subject: str
    description: str
    steps: str
    question: str


TOPICS = [
    Topic(
        Kind.ISSUE,
        "Attendance",
        "Friday's period attendance is missing",
        "Teachers entered attendance on Friday. On Monday, period 3 shows no entries; the other periods are there.",
        "Open the attendance list of any section in period 3.\nChoose last Friday.\nThe list is empty, every time.",
        "Which calendar and which school is it?",
    ),
    Topic(
        Kind.QUESTION,
        "Scheduling",
        "Can a section have two teachers of record?",
        "Two teachers share one biology section this year. How do we enter both?",
        "",
        "Do both teachers enter grades?",
    ),
    Topic(
        Kind.ISSUE,
        "Grading and standards",
        "Transcripts show the spring term twice",
        "For students who changed schools in March, the transcript lists the spring term of both schools.",
        "Open the transcript of a student who moved in March.\nThe spring term is listed once per school.",
        "Do both schools use the same grading calendar?",
    ),
    Topic(
        Kind.REQUEST,
        "Reporting",
        "A weekly export of new enrollments",
        "The transportation office needs a list of new and changed addresses every Friday.",
        "",
        "Which file format can the transportation office read?",
    ),
    Topic(
        Kind.ISSUE,
        "State reporting",
        "Fall enrollment report stops with an error",
        "The report runs for a minute and then says that a record has no entry date. We cannot find that record.",
        "Choose the fall enrollment report.\nSelect all schools.\nClick Generate.",
        "Does it also stop for one school at a time?",
    ),
    Topic(
        Kind.QUESTION,
        "Census",
        "Two households for one student",
        "The parents live apart and both should receive mail. Which household should be the primary one?",
        "",
        "Do both parents have legal access?",
    ),
    Topic(
        Kind.ISSUE,
        "Parent and student portal",
        "Parents cannot see the new report cards",
        "The report cards are published, but some parents see last quarter's.",
        "Sign in as a parent of a student in grade 6.\nOpen Report Cards.\nOnly the first quarter is listed.",
        "Are those students in more than one calendar?",
    ),
    Topic(
        Kind.REQUEST,
        "Users and tool rights",
        "Read-only rights for our new auditors",
        "Two auditors visit in two weeks and should see fees and receipts, nothing else.",
        "",
        "On which days do they need access?",
    ),
    Topic(
        Kind.ISSUE,
        "Fees",
        "A paid fee is shown as open",
        "A family paid in cash on Tuesday. The receipt was printed, but the fee still counts as open.",
        "Open the fees of the student.\nThe payment is listed, the balance is unchanged.",
        "Was the payment voided and entered again?",
    ),
    Topic(
        Kind.QUESTION,
        "Health",
        "Recording a vaccine with two names",
        "The clinic writes a brand name that is not in our list. May we add it ourselves?",
        "",
        "What exactly does the clinic write?",
    ),
    Topic(
        Kind.ISSUE,
        "Messenger",
        "Absence messages go out an hour late",
        "Since the time change, the morning's absence messages arrive at 11:00 AM instead of 10:00 AM.",
        "Look at the message log of any school day since the change.",
        "Which time zone does your district have in its settings?",
    ),
    Topic(
        Kind.QUESTION,
        "Special education",
        "Copying a plan to the next school year",
        "Our case managers type the same services again each year. Is there a way to copy them?",
        "",
        "Which plan types do you use?",
    ),
    Topic(
        Kind.ISSUE,
        "Behavior",
        "A resolved incident comes back as open",
        "Incidents that were resolved last week are on the open list again this morning.",
        "Open the behavior list.\nFilter by Open.\nLast week's incidents are there.",
        "Were they resolved by the same person?",
    ),
    Topic(
        Kind.REQUEST,
        "Student information",
        "Please restore a locker list that was deleted",
        "The list of lockers of one building was deleted by mistake yesterday afternoon.",
        "",
        "At what time was it still there?",
    ),
    Topic(
        Kind.QUESTION,
        "Something else",
        "Where are the recordings of the release webinar?",
        "Several of us missed the webinar about the new release.",
        "",
        "Which release do you mean?",
    ),
    Topic(
        Kind.ISSUE,
        "Customer connectivity",
        "The portal is slow every morning at 8:00",
        "Between 8:00 and 8:20 AM pages take half a minute. Later they are fast.",
        "Open any attendance list at 8:05 AM from a school.",
        "Is it the same from outside the school network?",
    ),
    Topic(
        Kind.ISSUE,
        "Tomcat",
        "Error log fills the disk of our server",
        "The same warning is written several times a second since the weekend.",
        "Look at the newest file in the log directory.",
        "Can you send the first twenty lines?",
    ),
    Topic(
        Kind.REQUEST,
        "Firewall",
        "New addresses of our data center",
        "Our provider is changing two addresses next month. Please allow them.",
        "",
        "On which day do they go into use?",
    ),
    Topic(
        Kind.QUESTION,
        "Update requests",
        "When is the sandbox updated?",
        "We want to test the new scheduling tool before spring.",
        "",
        "Do you want its data refreshed too?",
    ),
    Topic(
        Kind.ISSUE,
        "Server configuration and error logging",
        "Scheduled tasks did not run last night",
        "None of the nightly tasks ran. Nothing was changed on our side.",
        "Open the task history of last night.",
        "Was the server restarted yesterday?",
    ),
    Topic(
        Kind.QUESTION,
        "Local network configuration",
        "Printing report cards from two networks",
        "The office and the classrooms are in different networks now. Which ports are needed?",
        "",
        "Which printers are affected?",
    ),
    Topic(
        Kind.REQUEST,
        "Other technical matters",
        "A contact for our new identity provider",
        "We are moving to a new identity provider this summer and would like to plan the change with you.",
        "",
        "Which protocol does it support?",
    ),
    Topic(
        Kind.REQUEST,
        "ODBC connections",
        "A read-only connection for the data warehouse",
        "Our warehouse reads enrollment every night and needs a read-only connection from one address.",
        "",
        "Which address will it connect from?",
    ),
]

# What the cases of some subjects were asked beside that.
QUALIFICATIONS = {
    "Friday's period attendance is missing": {
        "attempted": "Check that every period of Friday has attendance before the letters to parents go out.",
        "happened": "Period 3 is empty in the list, and nobody is counted as absent. There is no error message.",
        "expected": "The list shows what the teachers entered, as it does for the other periods.",
        "documented_at": "Taking period attendance, under Attendance lists",
        "menu_path": "Attendance, Attendance list, Period 3",
        "frequency": "always",
        "environment": "production",
        "setting": "2026-27, Lakeside High School, block calendar",
        "workaround": "The front office calls the teachers and writes down who was there.",
    },
    "Can a section have two teachers of record?": {
        "attempted": "Give both teachers of a biology section the right to enter grades.",
        "menu_path": "Scheduling, Sections, Staff",
    },
    "A weekly export of new enrollments": {
        "purpose": "The buses are planned on Friday afternoons, and new students wait for a week otherwise.",
        "environment": "production",
    },
    "Fall enrollment report stops with an error": {
        "happened": "After a minute it says: A record has no entry date.",
        "expected": "The report is made, or it says which record it is.",
        "frequency": "always",
        "environment": "production",
        "setting": "2026-27, all schools, regular calendars",
        "version": "The current one",
    },
}
ANSWERS = [
    "It is the main calendar of the high school. The middle school is not affected.",
    "Yes, for everyone we asked. It happens every time.",
    "We tried it again this morning and it is still the same.",
    "Only for students who enrolled after October 1.",
]
RESOLUTIONS = [
    "A nightly job had stopped. It ran again and the data is complete. Please check.",
    "The setting is under System Settings. With it switched on, the list shows what you expect.",
    "This works as documented. The article on this tool describes the two steps that were missing.",
    "It is fixed in the current version, and your site was updated last night.",
]
THANKS = ["That worked, thank you.", "Thank you, everything works again.", "Solved, and quickly. Thank you!", ""]

# (title, product area or "" for all, text)
CANNED_REPLIES = [
    (
        "We are looking into it",
        "",
        "Hello {contact},\n\nthank you. We can see it too and are looking for the cause. You will read the news here, "
        "on case {number}.",
    ),
    (
        "Ask for an example",
        "",
        "Hello {contact},\n\nplease name one example: the school, the calendar, the section and the day.",
    ),
    (
        "Check the calendar first",
        "Attendance",
        "Hello {contact},\n\nplease check under Calendar, Periods, whether the period is an attendance period "
        "on that day. If it is, answer here on case {number} and we go on.",
    ),
]
# The training that fits a product area, in an invented library.
LIBRARY = "https://training.example/"
TRAINING = {
    "Attendance": "Attendance for school offices",
    "Scheduling": "Building a schedule, step by step",
    "Census": "Households and relationships",
    "Health": "Immunizations and screenings",
    "Special education": "Plans and services",
    "Users and tool rights": "User groups and rights",
}
