"""Runs behaviours of python-telegram-bot 13 without Telegram, and prints what was seen, as JSON by name.

    python3 python-telegram-bot.py groups|jobs|persistence
"""
import datetime
import json
import logging
import queue
import sys
import tempfile
import threading
import warnings
from types import SimpleNamespace

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

import pytz
from telegram import Bot, Update
from telegram.ext import (
    CommandHandler, Dispatcher, DispatcherHandlerStop, Filters, JobQueue, MessageHandler, PicklePersistence,
    TypeHandler,
)

bot = Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
bot._bot = SimpleNamespace(username="Suite_Bot", id=110, first_name="Bot", is_bot=True)
last_id = 0


def update_of(text="x", chat=7, user=7, field="message", **more):
    global last_id
    last_id += 1
    person = {"id": user, "is_bot": False, "first_name": "A"}
    kind = "private" if chat > 0 else "group"
    message = {"message_id": last_id, "date": 1, "chat": {"id": chat, "type": kind, "title": "G"},
               "from": person, "text": text, **more}
    if text.startswith("/"):
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return Update.de_json({"update_id": last_id, field: message}, bot)


class Stage:
    """A dispatcher whose handlers note their names."""

    def __init__(self, **options):
        self.seen = []
        Dispatcher._Dispatcher__singleton = None
        self.dispatcher = Dispatcher(bot, queue.Queue(), workers=0, **options)

    def note(self, name, then=None):
        def handler(update, context):
            self.seen.append(name)
            if then:
                then(update, context)
        return handler

    def text(self, name, group=0, then=None):
        handler = MessageHandler(Filters.text, self.note(name, then))
        self.dispatcher.add_handler(handler, group)
        return handler

    def put(self, *updates):
        for update in updates or (update_of(),):
            self.dispatcher.process_update(update)
        return self.seen


def fail(*_):
    raise ValueError("Failed")


def stop(*_):
    raise DispatcherHandlerStop()


def groups():
    def first_of_a_group(s):
        s.text("a"), s.text("b")
        return s.put()

    def one_of_each_group(s):
        s.text("a"), s.text("b", 1)
        return s.put()

    def lowest_first(s):
        s.text("c", 2), s.text("a"), s.text("z", -1)
        return s.put()

    def stopped(s):
        s.text("a", 0, stop), s.text("b", 1)
        return s.put()

    def failed(s):
        s.text("a", 0, fail), s.text("b", 1)
        s.dispatcher.add_error_handler(s.note("error"))
        return s.put()

    def stopped_by_error_handler(s):
        s.text("a", 0, fail), s.text("b", 1)
        s.dispatcher.add_error_handler(s.note("error", stop))
        return s.put()

    def error_handlers(s):
        s.text("a", 0, fail)
        s.dispatcher.add_error_handler(s.note("one"))
        s.dispatcher.add_error_handler(s.note("two"))
        return s.put()

    def without_error_handler(s):
        s.text("a", 0, fail)
        return s.put(update_of(), update_of())

    def unmatched(s):
        s.dispatcher.add_handler(CommandHandler("go", s.note("go")))
        return s.put()

    def removed(s):
        handler = s.text("a")
        s.text("b")
        s.dispatcher.remove_handler(handler)
        return s.put()

    def added_later(s):
        s.text("a")
        s.put()
        s.text("b", 1)
        return s.put()

    def own_objects(s):
        s.dispatcher.add_handler(TypeHandler(dict, s.note("paid")))
        return s.put({"order": 7})

    def edited(s):
        s.dispatcher.add_handler(CommandHandler("go", s.note("go")))
        return s.put(update_of("/go", field="edited_message"))

    def slow(s):
        released = threading.Event()
        finished = threading.Event()

        def wait(update, _):
            if update.effective_chat.id == 1:
                released.wait(1)
            s.seen.append(f"chat {update.effective_chat.id}")
            if len(s.seen) == 2:
                finished.set()
        s.dispatcher.add_handler(MessageHandler(Filters.text, wait))
        ready = threading.Event()
        thread = threading.Thread(target=s.dispatcher.start, args=(ready,))
        thread.start()
        ready.wait()
        s.dispatcher.update_queue.put(update_of(chat=1))
        s.dispatcher.update_queue.put(update_of(chat=2))
        finished.wait(60)
        s.dispatcher.stop()
        thread.join()
        return s.seen

    return {
        "the first matching handler of a group handles": first_of_a_group,
        "one handler of each group handles": one_of_each_group,
        "the lowest group comes first, whatever the order of registration": lowest_first,
        "a stop skips the later groups": stopped,
        "an error does not skip the later groups": failed,
        "a stop of an error handler skips the later groups": stopped_by_error_handler,
        "each error handler gets the error": error_handlers,
        "an error without error handlers ends nothing": without_error_handler,
        "an update that matches no handler is ignored": unmatched,
        "a removed handler is not asked": removed,
        "a handler that was added while the bot runs is asked": added_later,
        "objects of the program are handled by a handler of their type": own_objects,
        "an edited command is a command": edited,
        "the updates of two chats are handled one after the other": slow,
    }


class Jobs(Stage):
    """A job queue whose scheduler computes times but runs nothing by itself."""

    def __init__(self):
        super().__init__()
        self.jobs = JobQueue()
        self.jobs.set_dispatcher(self.dispatcher)
        self.dispatcher.job_queue = self.jobs
        self.jobs.scheduler.start(paused=True)

    def note_job(self, then=None):
        def run(context):
            self.seen.append("run")
            if then:
                then(context)
        return run

    def times(self, job, after, count):
        """The next times after a moment in UTC."""
        now = datetime.datetime.fromisoformat(after).replace(tzinfo=pytz.utc)
        times = []
        previous = None
        while len(times) < count:
            previous = job.job.trigger.get_next_fire_time(previous, now)
            if previous is None:
                break
            times.append(previous.astimezone(pytz.utc).strftime("%m-%d %H:%M"))
            now = previous + datetime.timedelta(microseconds=1)
        return times

    def end(self):
        self.jobs.scheduler.shutdown(wait=False)


def time_of(text, zone="UTC"):
    hour, minute = map(int, text.split(":"))
    return datetime.time(hour, minute, tzinfo=pytz.timezone(zone))


def jobs():
    def daily(zone, text, after, count=2, days=tuple(range(7))):
        return lambda s: s.times(s.jobs.run_daily(s.note_job(), time_of(text, zone), days), after, count)

    def monthly(day, strict, after, count=2):
        return lambda s: s.times(
            s.jobs.run_monthly(s.note_job(), time_of("12:00"), day, day_is_strict=strict), after, count)

    def raising(s):
        job = s.jobs.run_repeating(s.note_job(fail), 3600)
        s.dispatcher.add_error_handler(s.note("error"))
        job.run(s.dispatcher), job.run(s.dispatcher)
        return s.seen

    def removing_itself(s):
        job = s.jobs.run_repeating(s.note_job(lambda context: context.job.schedule_removal()), 3600)
        job.run(s.dispatcher)
        return s.seen + [f"{len(s.jobs.jobs())} left"]

    def same_name(s):
        for _ in range(2):
            s.jobs.run_once(s.note_job(), 3600, name="a")
        for job in s.jobs.get_jobs_by_name("a"):
            job.run(s.dispatcher)
        return s.seen

    def removed(s):
        s.jobs.run_once(s.note_job(), 3600, name="a")
        for job in s.jobs.get_jobs_by_name("a"):
            job.schedule_removal()
        return s.seen + [f"{len(s.jobs.jobs())} left"]

    def set_by_failing_handler(s):
        def handle(_, context):
            context.job_queue.run_once(s.note_job(), 3600, name="a")
            fail()
        s.text("handler", 0, handle)
        s.put()
        return s.seen + [f"{len(s.jobs.jobs())} left"]

    def after_restart(s):
        s.jobs.run_once(s.note_job(), 3600, name="a")
        other = Jobs()
        left = len(other.jobs.jobs())
        other.end()
        return [f"{left} left"]

    def first_of_repeating(s):
        job = s.jobs.run_repeating(s.note_job(), 3600)
        seconds = (job.next_t - datetime.datetime.now(pytz.utc)).total_seconds()
        return [f"in {round(seconds / 3600)} h"]

    def data(s):
        job = s.jobs.run_once(lambda context: s.seen.append(context.job.context), 3600, context="tea")
        job.run(s.dispatcher)
        return s.seen

    return {
        "the first run of an interval is after the interval": first_of_repeating,
        "the data reach the run": data,
        "a run that raises reaches the error handlers, and later runs take place": raising,
        "a run can end its own job": removing_itself,
        "a removed job does not run": removed,
        "two jobs have the same name": same_name,
        "a job of a handler that raises afterwards is set": set_by_failing_handler,
        "a job is gone after a restart": after_restart,
        "a daily time without a zone is in UTC": daily("UTC", "09:00", "2027-03-01T00:00"),
        "a daily time keeps its local time in summer": daily("Europe/Berlin", "09:00", "2027-03-27T12:00"),
        "day 0 of the week": daily("UTC", "09:00", "2027-03-01T00:00", 1, (0,)),
        "a daily time that is skipped": daily("Europe/Berlin", "02:30", "2027-03-27T12:00"),
        "a daily time that is repeated": daily("Europe/Berlin", "02:30", "2027-10-30T12:00"),
        "a month without the day has no run": monthly(31, True, "2027-04-01T00:00"),
        "the last day of each month": monthly(31, False, "2027-02-01T00:00"),
    }


def persistence():
    folder = tempfile.mkdtemp()

    def stage(name):
        return Stage(persistence=PicklePersistence(f"{folder}/{name}"))

    def counted(kind, updates):
        def run(_):
            s = stage(kind)

            def count(_, context):
                data = getattr(context, kind)
                data["n"] = data.get("n", 0) + 1
                s.seen.append(str(data["n"]))
            s.dispatcher.add_handler(MessageHandler(Filters.all, count))
            return s.put(*updates)
        return run

    def restarted(_):
        counted("chat_data", [update_of(chat=3), update_of(chat=3)])(None)
        return counted("chat_data", [update_of(chat=3)])(None)

    def failed(_):
        s = stage("failed")

        def count(_, context):
            context.chat_data["n"] = context.chat_data.get("n", 0) + 1
            s.seen.append(str(context.chat_data["n"]))
            fail()
        s.dispatcher.add_handler(MessageHandler(Filters.all, count))
        return s.put(update_of(), update_of())

    def odd_values(_):
        def put(read):
            s = stage("odd")

            def handle(_, context):
                if read:
                    s.seen.append(type(context.chat_data.get("at")).__name__)
                else:
                    context.chat_data["at"] = datetime.datetime(2027, 3, 1)
            s.dispatcher.add_handler(MessageHandler(Filters.all, handle))
            return s.put()
        put(False)
        return ["kept" if put(True) == ["datetime"] else "lost"]

    chats = [update_of(chat=-1), update_of(chat=-2), update_of(chat=-1)]
    migration = [update_of(chat=-7), update_of(chat=-7, migrate_to_chat_id=-1_001_234_567_890, text=""),
                 update_of(chat=-1_001_234_567_890)]
    return {
        "user_data is shared by the chats of a user": counted("user_data", chats),
        "chat_data is one for each chat": counted("chat_data", chats),
        "bot_data is one for all": counted(
            "bot_data", [update_of(chat=-3, user=1), update_of(chat=-4, user=2)]),
        "data are there after a restart": restarted,
        "a change before an error is kept": failed,
        "values of any class are kept": odd_values,
        "the data of a group stay behind when it becomes a supergroup": lambda _: counted(
            "chat_data", migration)(None),
    }


tables = {"groups": (groups, Stage), "jobs": (jobs, Jobs), "persistence": (persistence, lambda: None)}
table, make = tables[sys.argv[1]]
found = {}
for name, run in table().items():
    stage_of_run = make()
    found[name] = list(run(stage_of_run))
    if isinstance(stage_of_run, Jobs):
        stage_of_run.end()
print(json.dumps(found))
