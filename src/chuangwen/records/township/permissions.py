"""What a role may do: the closed list of permissions that a pack's roles are made of."""

from enum import StrEnum

from chuangwen.kernel.words import later, say


class Permission(StrEnum):
    """One thing that a role may do; the value is what stands in ``roles.toml``."""

    SEE_FRAMEWORK = "see_framework"
    SEE_PLAN = "see_plan"
    SEE_DUTIES = "see_duties"
    SEE_SCORE = "see_score"
    SEE_ROWS = "see_rows"
    SEE_PEOPLE = "see_people"
    EDIT_FRAMEWORK = "edit_framework"
    EDIT_PLAN = "edit_plan"
    ASSIGN_DUTIES = "assign_duties"
    RUN_ROUNDS = "run_rounds"
    RECORD_OBSERVATIONS = "record_observations"
    GRADE_MATERIAL = "grade_material"
    RECORD_SURVEY = "record_survey"
    RECORD_FIGURES = "record_figures"
    RECORD_EVENTS = "record_events"
    CLOSE_ROUNDS = "close_rounds"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_ROLES = "manage_roles"
    MANAGE_SYSTEM = "manage_system"
    SEE_CASES = "see_cases"
    WORK_CASES = "work_cases"
    STEER_CASES = "steer_cases"
    KNOW_REPORTERS = "know_reporters"
    KNOW_RESTRICTED = "know_restricted"
    GUARD_CASES = "guard_cases"
    SEE_ARCHIVE = "see_archive"
    ADD_DOCUMENTS = "add_documents"
    KEEP_ARCHIVE = "keep_archive"
    APPROVE_DESTRUCTION = "approve_destruction"
    RELEASE_DOCUMENTS = "release_documents"
    REVIEW_RELEASES = "review_releases"
    COMPOSE_SUBMISSION = "compose_submission"
    SIGN_SUBMISSION = "sign_submission"
    PLAN_ROTAS = "plan_rotas"
    SEE_LEDGER = "see_ledger"
    EXPORT_LISTS = "export_lists"

    @property
    def title(self) -> str:  # type: ignore[override]
        """What people read."""
        return say(_TITLES[self.value])


_TITLES = {
    "see_framework": later("查看测评体系"),
    "see_plan": later("查看实施方案"),
    "see_duties": later("查看责任分解"),
    "see_score": later("查看得分"),
    "see_rows": later("查看考察明细"),
    "see_people": later("查看人员与单位"),
    "edit_framework": later("导入和维护测评体系"),
    "edit_plan": later("导入和维护实施方案"),
    "assign_duties": later("分配责任"),
    "run_rounds": later("开设测评轮次"),
    "record_observations": later("录入实地考察结果"),
    "grade_material": later("评定申报材料"),
    "record_survey": later("录入问卷结果"),
    "record_figures": later("录入统计指标"),
    "record_events": later("登记负面清单事件"),
    "close_rounds": later("封存测评轮次"),
    "manage_people": later("管理人员与单位"),
    "manage_roles": later("管理角色授权"),
    "manage_system": later("管理系统设置"),
    "see_cases": later("查看事项"),
    "work_cases": later("登记和办理事项"),
    "steer_cases": later("合并、督办和批量办理事项"),
    "know_reporters": later("查看反映人姓名和电话"),
    "know_restricted": later("查看限制范围的事项"),
    "guard_cases": later("查看和办理问责线索"),
    "see_archive": later("查看资料档案"),
    "add_documents": later("上传和整理资料"),
    "keep_archive": later("归档、移交、鉴定和核查档案"),
    "approve_destruction": later("批准档案销毁清册"),
    "release_documents": later("提出和管理政府信息公开"),
    "review_releases": later("审查政府信息公开"),
    "compose_submission": later("编制网上申报材料"),
    "sign_submission": later("签批网上申报材料"),
    "plan_rotas": later("安排轮值"),
    "see_ledger": later("查看操作账本"),
    "export_lists": later("导出清单"),
}


class Scope(StrEnum):
    """How far a role reaches over the town's organisations."""

    ALL = "all"
    CHOSEN = "chosen"
    BELOW = "below"
    OWN = "own"
    ROWS = "rows"

    @property
    def title(self) -> str:  # type: ignore[override]
        return say(_SCOPE_TITLES[self.value])


_SCOPE_TITLES = {
    "all": later("全部单位"),
    "chosen": later("指定单位及其下级"),
    "below": later("本单位及下级"),
    "own": later("本单位"),
    "rows": later("仅本人经手"),
}
