"""The list of promises is whole, and finished features keep theirs."""

from tests import requirements


def test_each_row_from_1_to_82_is_promised_once():
    _, rows = requirements.promises()
    assert [int(name[1:]) for name in rows] == list(range(1, 83))
    assert all(row["feature"] and row["text"] for row in rows.values())


def test_finished_features_have_a_test_for_each_row():
    finished, rows = requirements.promises()
    assert list(requirements.faults(finished, rows, requirements.rows_shown_by(requirements.HERE))) == []


def test_a_finished_row_without_a_test_is_a_fault():
    rows = {"R1": {"feature": "rooms", "text": "x"}}
    assert list(requirements.faults({"rooms"}, rows, {}))
    assert not list(requirements.faults({"rooms"}, rows, {"R1": ["t"]}))
    assert list(requirements.faults(set(), rows, {"R9": ["t"]}))
    assert list(requirements.faults({"R1"}, rows, {}))
    assert list(requirements.faults({"R2"}, rows, {}))
    assert not list(requirements.faults({"R1"}, rows, {"R1": ["t"]}))


def test_rows_can_be_called_finished_one_by_one(tmp_path):
    text = 'finished = ["R2", "R4-R6", "help"]\n[R1]\nfeature = "a"\ntext = "t"\n'
    (tmp_path / "p.toml").write_text(text)
    assert requirements.promises(tmp_path / "p.toml")[0] == {"R2", "R4", "R5", "R6", "help"}
