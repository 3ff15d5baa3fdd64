"""The three releases of Moodle that the system of the Tyumen region runs, and what tells them apart."""

from dataclasses import dataclass, field, replace

# The order is the one in which core_webservice_get_site_info lists them.
_FUNCTIONS_2_8 = """
core_get_component_strings core_files_get_files core_get_string core_cohort_get_cohorts core_grades_get_grades
core_user_get_course_user_profiles enrol_self_get_instance_info core_enrol_get_course_enrolment_methods
core_enrol_get_users_courses core_enrol_get_enrolled_users_with_capability core_enrol_get_enrolled_users
enrol_manual_enrol_users core_role_unassign_roles core_role_assign_roles core_user_delete_users
core_user_update_users core_user_get_users_by_id core_user_get_users_by_field core_user_get_users
core_user_create_users core_course_import_course core_course_duplicate_course core_course_get_contents
core_course_delete_courses core_course_update_courses core_course_get_courses core_course_create_courses
core_course_delete_categories core_course_update_categories core_course_get_categories
core_course_create_categories core_webservice_get_site_info
"""
_FUNCTIONS_3_3 = """
core_get_component_strings core_files_get_files core_user_set_user_preferences tool_mobile_get_public_config
auth_email_get_signup_settings core_get_string tool_mobile_get_config core_cohort_get_cohorts
core_grades_get_grades gradereport_overview_get_course_grades gradereport_user_get_grades_table
gradereport_user_get_grade_items core_completion_mark_course_self_completed
core_completion_get_activities_completion_status core_completion_get_course_completion_status
core_user_get_course_user_profiles enrol_self_get_instance_info core_enrol_get_course_enrolment_methods
core_enrol_get_users_courses core_enrol_get_enrolled_users_with_capability core_enrol_get_enrolled_users
enrol_manual_unenrol_users enrol_manual_enrol_users core_role_unassign_roles core_role_assign_roles
core_user_delete_users core_user_update_users core_user_get_users_by_field core_user_get_users
core_user_create_users core_course_import_course core_course_duplicate_course core_course_get_contents
core_course_delete_courses core_course_update_courses core_course_search_courses
core_course_get_courses_by_field core_course_get_courses core_course_create_courses
core_course_delete_categories core_course_update_categories core_course_get_categories
core_course_create_categories core_webservice_get_site_info
"""
_FUNCTIONS_3_7 = (
    _FUNCTIONS_3_3.replace("core_get_component", "core_customfield_create_category core_get_component")
    .replace(
        "core_completion_mark",
        "core_completion_override_activity_completion_status core_completion_mark",
    )
    .replace("enrol_self_get", "core_enrol_unenrol_user_enrolment enrol_self_get")
)


@dataclass(frozen=True)
class Release:
    """A release of Moodle: ``MOODLE_3_7 >= MOODLE_3_3`` compares them by age."""

    number: tuple[int, int]
    label: str
    version: str
    plugin_version: str
    functions: tuple[str, ...] = field(repr=False)

    def __ge__(self, other: "Release") -> bool:
        return self.number >= other.number

    def version_of(self, function: str) -> str:
        return self.version if function.startswith("core_") else self.plugin_version


MOODLE_2_8 = Release(
    (2, 8), "2.8.5 (Build: 20150310)", "2014111005", "2014111000", tuple(_FUNCTIONS_2_8.split())
)
MOODLE_3_3 = Release(
    (3, 3), "3.3+ (Build: 20170629)", "2017051500.1", "2017051500", tuple(_FUNCTIONS_3_3.split())
)
MOODLE_3_7 = Release(
    (3, 7), "3.7.2 (Build: 20190909)", "2019052002", "2019052000", tuple(_FUNCTIONS_3_7.split())
)

# Served as the recorded 3.3, under the name that the site of the region has.
MOODLE_3_3_2 = replace(MOODLE_3_3, label="3.3.2 (Build: 20170911)", version="2017051502")

RELEASES = {"2.8.5": MOODLE_2_8, "3.3": MOODLE_3_3, "3.3.2": MOODLE_3_3_2, "3.7.2": MOODLE_3_7}
