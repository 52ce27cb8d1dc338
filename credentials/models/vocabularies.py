"""What may be chosen for the standard elements: the value lists of the Ed-Fi descriptors, and the states."""

STATES = (  # noqa: SIM905 - sixty quotation marks help nobody
    "AA AE AK AL AP AR AS AZ CA CO CT DC DE FL FM GA GU HI IA ID IL IN KS KY LA MA MD ME MH MI MN MO MP MS MT NC ND "
    "NE NH NJ NM NV NY OH OK OR PA PR PW RI SC SD TN TX UT VA VI VT WA WI WV WY"
).split()

CREDENTIAL_FIELDS = [
    "Agricultural Science and Technology",
    "Art",
    "Bilingual",
    "Bilingual Generalist-Spanish",
    "Computer Science",
    "Elementary Education",
    "Generalist",
    "Health",
    "Life and Physical Sciences",
    "Master Teacher",
    "Mathematics",
    "Music",
    "Physical Education",
    "Psychology",
    "Social Studies",
]

SUBJECTS = [
    "Career and Technical Education",
    "Composite",
    "Critical Reading",
    "Cross Subject",
    "English",
    "English Language Arts",
    "Fine and Performing Arts",
    "Foreign Language and Literature",
    "Life and Physical Sciences",
    "Mathematics",
    "Military Science",
    "Physical, Health, and Safety Education",
    "Reading",
    "Religious Education and Theology",
    "Science",
    "Social Sciences and History",
    "Social Studies",
    "Writing",
    "Other",
]

GRADE_LEVELS = [
    "Infant/toddler",
    "Early Education",
    "Preschool",
    "Preschool/Prekindergarten",
    "Prekindergarten",
    "Transitional Kindergarten",
    "Kindergarten",
    "First grade",
    "Second grade",
    "Third grade",
    "Fourth grade",
    "Fifth grade",
    "Sixth grade",
    "Seventh grade",
    "Eighth grade",
    "Ninth grade",
    "Tenth grade",
    "Eleventh grade",
    "Twelfth grade",
    "Grade 13",
    "Postsecondary",
    "Adult Education",
    "Out of School",
    "Ungraded",
    "No grade level",
    "Other",
]
