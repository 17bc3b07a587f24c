"""What is said to the sender of an event that was refused or needs an answer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tracker.fieldlog.kinds import Finding

TEXTS = {
    "unknown_kind": _(
        "“%(kind)s” is not a kind of log event. The kinds are listed in the API schema."
    ),
    "bad_data": _("%(problem)s Correct this field and send the event again."),
    "subject_missing": _("Say which %(subject)s this is about."),
    "subject_unknown": _("There is no such %(subject)s here. Check the code and send again."),
    "subject_unexpected": _("A %(subject)s has no place in an event of this kind. Leave it out."),
    "subject_exists": _("This %(subject)s exists already. Log a change to it instead."),
    "source_missing": _("Say who said it: name the source."),
    "source_unknown": _("There is no such source here. Add it first, then record what it says."),
    "time_without_zone": _("Give the time with its zone, such as 2022-04-01T08:00:00+03:00."),
    "time_in_future": _("%(time)s has not come yet. Check the time; it is %(now)s now."),
    "time_disputed": _(
        "The clock of the sender cannot be right. A new %(subject)s needs a time that is: correct "
        "the clock and send it again."
    ),
    "window_ends_before_start": _(
        "The window ends before it begins. Correct one of the two times."
    ),
    "part_without_day": _("Say on which day: a part of the day alone names none."),
    "window_cancelled": _(
        "This window was cancelled. Moving it announces it anew to everybody. Is that right?"
    ),
    "window_very_long": _("The window is longer than two weeks. Is that right?"),
    "correction_target_missing": _("Say which entry this corrects."),
    "correction_target_unknown": _("There is no such entry to correct."),
    "correction_of_correction": _("Correct the original entry, not its correction."),
    "correction_reason_missing": _("Say why the entry is corrected."),
    "same_id_other_body": _(
        "An entry with this id stands already and says something else. Nothing was changed. "
        "Give the new entry an id of its own, or send a correction."
    ),
    "code_taken": _("The code %(code)s is taken. Choose another one."),
    "slip_people": _(
        "%(people)s people in a vehicle with %(seats)s seats looks like a slip. Check the number."
    ),
    "ask_people": _("%(people)s people in a vehicle with %(seats)s seats: is that right?"),
    "vehicle_elsewhere": _("This vehicle is not in this convoy. Choose one of its vehicles."),
    "checkpoint_elsewhere": _("This checkpoint is not on the corridor of this convoy."),
    "not_allowed_now": _("This cannot be logged now: %(why)s"),
    "range_reversed": _("The lower number is above the higher one. Swap them."),
    "vehicle_moved_on": _(
        "This vehicle has moved to another convoy since. Correct its later move first."
    ),
    "vehicle_list_empty": _("Name at least one vehicle."),
    "slip_people_convoy": _(
        "%(people)s people in a convoy with %(seats)s seats looks like a slip. Check the number."
    ),
    "groups_above_total": _(
        "The groups add up to %(groups)s, more than the %(people)s people in all. Is that right?"
    ),
    "follower_in_vehicle": _(
        "Those who follow are in cars of their own. Leave the vehicle of the convoy out."
    ),
    "cars_without_followers": _(
        "The number of private cars belongs to those who follow. Say that they follow, or leave "
        "it out."
    ),
    "explained_by_machine": _(
        "Only a person can say where the missing people went. Sign in and log it by name."
    ),
    "explained_without_number": _("Say how many of the missing people this explains."),
    "explained_without_words": _("Say in words where they went, and how you know."),
    "range_half": _("Give both ends of the range, or one exact number."),
    "centre_closed": _("%(name)s takes nobody in at present. Were people handed over there?"),
    "route_elsewhere": _("This route is not one of the corridor. Choose one of its routes."),
    "same_convoy": _("A convoy cannot join itself. Choose another one."),
    "softens_barred": _(
        "The corridor is %(status)s. Calling it passable again, even in part, takes the right to "
        "open it. Ask somebody whose role has it."
    ),
    "opens_unopened": _(
        "Nobody has confirmed the corridor open. Calling it passable, even in part, takes the "
        "right to open it. Ask somebody whose role has it."
    ),
    "confirms_window": _(
        "Only who may open a corridor may call its window confirmed. Announce it instead."
    ),
    "not_permitted": _("Your role may not log “%(kind)s”. Ask somebody whose role may."),
    "kept_as_disputed": _(
        "The time cannot be right. The entry is kept as “time disputed” and moves no state; "
        "correct its time."
    ),
    "time_out_of_range": _("Give a time between the years 1900 and 2200."),
    "zone_of_no_place": _("No place has this time zone. Check the offset after the time."),
    "key_repeated": _("The key “%(key)s” stands here twice. Send it once."),
    "text_not_storable": _("The text holds a character that cannot be stored. Leave it out."),
    "number_not_finite": _("This is not a finite number. Send a number or null."),
    "number_too_large": _("This number is too large. Check it."),
    "nested_too_deeply": _("This is nested too deeply. Send at most %(levels)s levels."),
    "too_many_events": _("Send at most %(limit)s events at once."),
    "not_an_object": _("Send a JSON object for each event."),
    "convoy_missing": _("Say which convoy the vehicle “%(vehicle)s” belongs to."),
    "corridor_missing": _("Say on which corridor the checkpoint “%(checkpoint)s” lies."),
    "source_ambiguous": _("Several sources have this name. Name the source by its id."),
    "cannot_be_stored": _("A value is out of its range, so nothing of this event was stored."),
    "silence_is_over": _("Give an end that lies ahead."),
    "silence_too_long": _("Declare a silence for at most 24 hours, then declare it anew."),
    "silence_needs_person": _(
        "Only a person signed in by name may say this, on a page or with a key of their own."
    ),
    "not_silent": _("The convoy was not out of contact then. Look at its page and check the time."),
    "sealed_unreadable": _(
        "This entry cannot be opened: it was damaged on its way, or sealed for another server. It "
        "is kept as it came. Write it again."
    ),
    "clock_set_back": _(
        "The phone’s clock was set back later: all that is known of the time is that it came "
        "before the file. Correct it if somebody knows."
    ),
    "not_for_phones": _("“%(kind)s” cannot be logged from a phone. Log it at a desk."),
    "convoy_uncertain": _("Which convoy? The phone did not know. Choose it and send again."),
    "checkpoint_uncertain": _("Which checkpoint? None was certainly the next one. Choose it."),
    "people_missing": _("How many people? Give the number, or a range."),
    "phone_lost": _("The phone that wrote this is marked as lost. Only the desk may take it."),
    "written_elsewhere": _("This was written for another organisation. Let them take it in."),
    "same_vehicle": _("These are the same vehicle. Choose another one to move to."),
}


def text_of(finding: Finding) -> str:
    """Return the sentence for a finding in the language of whoever is asked."""
    template = TEXTS.get(finding.code)
    if template is None:
        return finding.code
    return str(template) % {**finding.values}
