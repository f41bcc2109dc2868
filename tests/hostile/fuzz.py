"""Requests made up from the types of the protocol: well-formed ones full of nonsense, and ones that are broken."""

import json
import math

import msgspec
from hypothesis import strategies as st

from app.wire.codec import ASKS
from tests.hostile.cast import HOST, MEMBER_IN, WAITING
from tests.people import code_of

#: They would end the story after a few requests; the table of rights asks each of them of everybody.
ENDING = {
    "EndMeeting", "LeaveMeeting", "LeaveRoom", "SignOut", "ChangePassword", "CancelMeeting", "EndSignIn", "JoinRoom",
    "RemoveMember", "RemovePerson", "ResetPassword",
}  # fmt: skip
NASTY = (
    "\x00", "\x1b[2J", "\r\n\r\n", "\u202egnp.exe", "\u2066\u2069", "\ufeff", "\u200b" * 50, "\U0010ffff",
    "e\u0301" * 20,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467", "<img src=file:///etc/passwd>", "'; DROP TABLE accounts; --",
    "%s%n{0}",
    "../../etc/passwd", "*", "%", "_", "\"", "\\", "NEAR(a b)", "a* OR b", "\u0130", "\ufb03", "\uffff", "CON", "-rf",
    "0" * 4000, "\u0661\u0662", "ſ", "\u2028", "=1+1",
)  # fmt: skip
#: What stands where something else should.
JUNK = (
    None, True, False, 0, -1, 1.5, -0.0, 2**53 + 1, 2**63, 2**64, 10**400, math.nan, math.inf, -math.inf,
    "", "x", "\ud800",
    "\udfff\ud800", "\x00", [], [[]], {}, {"": 0}, [None] * 100, "x" * 5000, {"a": {"b": [1, {"c": None}]}},
    [1, "2", None],
)  # fmt: skip


def known(cast):
    """Ids, codes and names of the story by the name of the field in which they may stand: what leads deep."""
    meetings = (cast.meeting, cast.recording, cast.planned)
    people = [cast.people[role].client.account.id for role in (HOST, MEMBER_IN)]
    people.append(cast.people[WAITING].client.guest)
    return {
        "meeting": meetings,
        "recording": meetings,
        "room": (cast.room, cast.other_room),
        "person": people,
        "guest": people,
        "account": people,
        "message": [actor.message for actor in cast.people.values()],
        "before": [actor.message for actor in cast.people.values()],
        "code": (code_of(cast.card), cast.room_code),
        "email": [actor.email for actor in cast.people.values()],
        "starts": ("2026-12-01T10:00", "2027-03-28T01:30", "2027-02-30T10:00", "0000-00-00T99:99", "9999-12-31T23:59"),
        "until": ("2026-12-31", "2026-13-01", "9999-12-31", "0000-01-01"),
        "time_zone": (
            "Europe/Lisbon",
            "UTC",
            "Etc/GMT+12",
            "/etc/passwd",
            "localtime",
            "posixrules",
            "a/b/c",
            "-",
        ),
        "url": ("https://meet.example.org/x", "http://\u202e", "https://[::1", "https://user@x:99999/", "http://%00"),
    }


def well_formed(cast, kinds=ASKS):
    """Requests that the decoder lets through."""
    pool = known(cast)
    return st.one_of([_struct(kind, pool) for kind in kinds if kind.__name__ not in ENDING])


def _struct(kind, pool):
    info = msgspec.inspect.type_info(kind)
    fields = {f.name: _field(f, pool) for f in info.fields if f.name != "request"}
    return st.fixed_dictionaries(fields).map(lambda values: kind(**values))


def _field(field, pool):
    made = _value(field.type, pool)
    if field.name in pool:
        made = st.one_of(st.sampled_from(list(pool[field.name])), st.sampled_from(list(pool[field.name])), made)
    return made if field.required else st.one_of(made, st.just(_default(field)))


def _default(field):
    return field.default if field.default is not msgspec.NODEFAULT else field.default_factory()


def _value(type_, pool):
    inspect = msgspec.inspect
    match type_:
        case inspect.StrType():
            return _text(type_)
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return st.integers(_or(type_.ge, -(2**63)), _or(type_.le, 2**63 - 1))
        case inspect.FloatType():
            return st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
        case inspect.NoneType():
            return st.none()
        case inspect.LiteralType():
            return st.sampled_from(list(type_.values))
        case inspect.VarTupleType():
            items = st.lists(_value(type_.item_type, pool), min_size=type_.min_length or 0, max_size=5)
            return items.map(tuple)
        case inspect.TupleType():
            return st.tuples(*(_value(one, pool) for one in type_.item_types))
        case inspect.DictType():
            return st.dictionaries(_value(type_.key_type, pool), _value(type_.value_type, pool), max_size=4)
        case inspect.UnionType():
            return st.one_of([_value(one, pool) for one in type_.types])
        case inspect.StructType():
            return _struct(type_.cls, pool)
    raise TypeError(type_)  # a new kind of field needs a line here


def _or(value, other):
    return other if value is None else value


def _text(type_):
    lowest, highest = type_.min_length or 0, min(type_.max_length or 200, 400)
    if type_.pattern:
        return st.from_regex(type_.pattern, fullmatch=True).filter(lambda text: lowest <= len(text) <= highest)
    nasty = [text for text in NASTY if lowest <= len(text) <= (type_.max_length or 10**6)]
    return st.one_of(
        st.text(min_size=lowest, max_size=min(highest, 40)), st.sampled_from([*nasty, "x" * max(lowest, 8)])
    )


#: How a request is broken.
WAYS = ("junk", "drop", "add", "twice", "tag", "cut", "nest")


def broken(request, way, data):
    """A text that is almost a request: a field missing, of another type, twice, or one too many."""
    fields = msgspec.to_builtins(request)
    name = data.draw(st.sampled_from(sorted(fields)))
    if way == "junk":
        fields[name] = data.draw(st.sampled_from(JUNK))
    elif way == "drop":
        del fields[name]
    elif way == "add":
        fields[name + "_"] = data.draw(st.sampled_from(JUNK))
    elif way == "nest":
        fields = {"ask": fields, name: [fields]}
    text = json.dumps(fields)
    if way == "twice":
        text = text[:-1] + f", {json.dumps(name)}: {json.dumps(data.draw(st.sampled_from(JUNK)))}}}"
    elif way == "tag":
        text = text.replace(
            f'"{fields["ask"]}"', data.draw(st.sampled_from(('"Nothing"', "1", "null", '"Refused"', '""')))
        )
    elif way == "cut":
        text = text[: data.draw(st.integers(0, len(text)))]
    return text
