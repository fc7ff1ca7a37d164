"""Refusals about accounts."""

from services.contracts.refusal import Conflict, Refusal


class Unauthenticated(Refusal):
    """It is not known who asks."""

    status = 401


class TooMany(Refusal):
    """Too often; later it may be tried again."""

    status = 429


def wrong() -> Unauthenticated:
    return Unauthenticated(
        "sign_in_refused", "用户名或密码不正确", "the user name or the password is wrong"
    )


def no_token() -> Unauthenticated:
    return Unauthenticated(
        "token_missing",
        "请先登录：缺少令牌，或令牌无效、已过期",
        "sign in first: the token is missing, unknown or expired",
    )


def locked(minutes: int) -> TooMany:
    return TooMany(
        "sign_in_locked",
        f"连续登录失败次数过多，请 {minutes} 分钟后再试",
        f"signing in failed too often in a row, try again in {minutes} minutes",
    )


def admin_is_set() -> Conflict:
    return Conflict(
        "account_of_settings",
        "系统管理员账号由设置项 ZHIXING_ADMIN_PASSWORD 决定",
        "the account admin is what the setting ZHIXING_ADMIN_PASSWORD says",
        field="username",
    )
