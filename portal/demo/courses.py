from contacts.models import District
from credentials.models import Course, CredentialType, Requirement, first_rule

SEVENTH_TO_NINTH = ["Seventh grade", "Eighth grade", "Ninth grade"]
# (code, title, subject, grade levels, what it asks for in each group)
COURSES = [
    ("ALG-1", "Algebra I", "Mathematics", SEVENTH_TO_NINTH[1:], [[{"type": "LC", "subjects": ["Mathematics"]}]]),
    (
        "SCI-8",
        "Physical Science, Grade 8",
        "Science",
        SEVENTH_TO_NINTH[1:2],
        [
            [
                {"type": "LC", "subjects": ["Science"], "grade_levels": SEVENTH_TO_NINTH[1:2]},
                {"type": "LC", "field": "Life and Physical Sciences"},
            ],
            [{"type": "HQ", "subjects": ["Science"]}],
        ],
    ),
    ("ELA-7", "English Language Arts, Grade 7", "English Language Arts", SEVENTH_TO_NINTH[:1], None),
    ("SS-9", "World History", "Social Studies", SEVENTH_TO_NINTH[2:], None),
    (
        "READ-7",
        "Reading Workshop",
        "Reading",
        SEVENTH_TO_NINTH[:2],
        [
            [{"type": "LC", "subjects": ["Reading"]}],
            [{"type": "ED", "level_key": "education_level", "levels": ["Master's Degree", "Doctorate"]}],
        ],
    ),
    ("BAND-1", "Concert Band", "Fine and Performing Arts", SEVENTH_TO_NINTH, None),
    ("SPAN-1", "Spanish I", "Foreign Language and Literature", SEVENTH_TO_NINTH, []),
]


def add_courses():
    """Courses of both districts: one at risk, one that nobody might teach, and one without a rule."""
    types = {type.code: type for type in CredentialType.objects.all()}
    for district in District.objects.filter(slug__in=["demo", "other"]):
        schools = [*district.schools.order_by("pk")[:2]]
        for number, (code, title, subject, grade_levels, groups) in enumerate(COURSES):
            about = {"code": code, "title": title, "subjects": [subject], "grade_levels": grade_levels}
            course = Course.objects.create(district=district, school=schools[number % len(schools)], **about)
            Requirement.objects.bulk_create(first_rule(course) if groups is None else asked(course, groups, types))


def asked(course, groups, types):
    for number, group in enumerate(groups, start=1):
        for each in group:
            about = {"district": course.district, "course": course, "group_number": number}
            yield Requirement(**about, **{**each, "type": types[each["type"]]})
