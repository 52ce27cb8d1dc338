"""The choices of the standard elements: the Ed-Fi descriptors, and the states."""

STATES = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AS": "American Samoa",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "AA": "Armed Forces Americas",
    "AE": "Armed Forces Europe",
    "AP": "Armed Forces Pacific",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FM": "Federated States of Micronesia",
    "FL": "Florida",
    "GA": "Georgia",
    "GU": "Guam",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MH": "Marshall Islands",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "MP": "Northern Mariana Islands",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PW": "Palau",
    "PA": "Pennsylvania",
    "PR": "Puerto Rico",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VI": "Virgin Islands",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
}

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

# Up to here the grade levels follow one another; those behind stand by themselves.
LAST_OF_A_RANGE = "Postsecondary"


def state_name(code):
    """``Minnesota (MN)``."""
    return f"{STATES[code]} ({code})" if code in STATES else code


def said_as_span(grade_levels):
    """``Seventh grade to Ninth grade`` where nothing between is left out, else each; others than Ed-Fi's come last."""
    places = sorted({GRADE_LEVELS.index(level) for level in grade_levels if level in GRADE_LEVELS})
    others = [level for level in grade_levels if level not in GRADE_LEVELS]
    runs = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    said = [
        f"{GRADE_LEVELS[run[0]]} to {GRADE_LEVELS[run[-1]]}"
        if len(run) > 2
        else ", ".join(GRADE_LEVELS[place] for place in run)
        for run in runs
    ]
    return ", ".join([*said, *others])
