from portal.settings import *

ROOT_URLCONF = "tests.bench.urls"
