from server_stub.recap.transcript import Spoken, merge, name_people, tell_missing


def spoken(person: str, start_s: float, text: str, missing: str = "") -> Spoken:
    return Spoken(person=person, start_s=start_s, end_s=start_s + 2, text=text, confidence=0.9, missing=missing)


def test_lines_come_in_order_of_time_and_double_talk_stays_two_lines() -> None:
    people = name_people({"a": "Ada", "g": "Grace"})
    pieces = [spoken("g", 5.0, "Second."), spoken("a", 1.0, "First."), spoken("a", 5.0, "At once."), spoken("a", 9, "")]
    merged = merge(pieces, people)
    assert [(said.id, said.speaker, said.text) for said in merged] == [
        ("u1", "Ada", "First."),
        ("u2", "Ada", "At once."),
        ("u3", "Grace", "Second."),
    ]
    assert merge(reversed(pieces), people) == merged


def test_two_people_of_one_name_are_told_apart() -> None:
    people = name_people({"a": "Ada", "b": "Ada", "c": "Ada (2)"})
    assert [person.name for person in people] == ["Ada", "Ada (2)", "Ada (2) (2)"]
    assert merge([spoken("b", 0, "Me.")], people)[0].speaker == "Ada (2)"


def test_what_is_left_out_is_told() -> None:
    pieces = [spoken("a", 0, "", "language"), spoken("a", 5, "", "unclear"), spoken("a", 9, "", "unclear")]
    assert merge(pieces, name_people({"a": "Ada"})) == ()
    other, unclear = tell_missing(pieces)
    assert other == "One passage was in another language than English and left out (2 s in all): 0:00-0:02."
    assert unclear.startswith("2 passages were too unclear")
    assert unclear.endswith(": 0:05-0:07, 0:09-0:11.")
    assert tell_missing([spoken("a", at, "", "language") for at in (0, 1, 2)])[0].endswith(": 0:00-0:04.")
    assert tell_missing([spoken("a", 9 * at, "", "unclear") for at in range(11)])[0].endswith("1:03-1:05 and 3 more.")
    assert tell_missing([spoken("a", 0, "Hello.")]) == []
