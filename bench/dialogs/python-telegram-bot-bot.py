# Dialogs with ConversationHandler, a reminder with JobQueue, and PicklePersistence, on python-telegram-bot 13.
import os
import time

from telegram import Update
from telegram.ext import (
    CommandHandler,
    ConversationHandler,
    Filters,
    MessageHandler,
    PicklePersistence,
    Updater,
)

NAME, AGE, ANSWER = "name", "age", "answer"
environment = os.environ
journal = os.open(environment["JOURNAL"], os.O_APPEND | os.O_CREAT | os.O_WRONLY)


def note(what, chat, update):
    os.write(journal, f"{what} {chat} {update} {time.monotonic_ns() // 1000}\n".encode())


def work():
    """Makes a kill in the middle of a handler likely."""
    time.sleep(0.02)


def states(update, context):
    context.user_data["nr"] = context.args[0]
    update.message.reply_text(f"{context.args[0]} Name?")
    return NAME


def take_name(update, context):
    work()
    context.user_data["name"] = update.message.text
    update.message.reply_text(f"{context.user_data['nr']} Age?")
    return AGE


def take_age(update, context):
    work()
    data = context.user_data
    nr, age = data["nr"], update.message.text
    data["dialogs"] = data.get("dialogs", 0) + 1
    job = {"chat": update.effective_chat.id, "nr": nr}
    context.job_queue.run_once(remind, 0.5, context=job)
    update.message.reply_text(f"{nr} Done: {data['name']}, {age}, {data['dialogs']}")
    return ConversationHandler.END


def remind(context):
    job = context.job.context
    note("begin", job["chat"], -1)
    context.bot.send_message(job["chat"], f"{job['nr']} Reminder")
    note("end", job["chat"], -1)


def hurry(update, context):
    context.user_data["nr"] = context.args[0]
    update.message.reply_text(f"{context.args[0]} Quick?")
    return ANSWER


def late(update, context):
    chat = update.effective_chat.id
    note("begin", chat, -2)
    context.bot.send_message(chat, f"{context.user_data['nr']} Late")
    note("end", chat, -2)


def cancel(update, context):
    return ConversationHandler.END


def ping(update, context):
    update.message.reply_text(f"{context.args[0]} Pong")


def journaled(process):
    """Writes the begin and the end of each update, the end after the persistence."""

    def journaled_process(update):
        # An error of polling is passed to this method, too.
        if not isinstance(update, Update):
            return process(update)
        note("begin", update.effective_chat.id, update.update_id)
        process(update)
        note("end", update.effective_chat.id, update.update_id)

    return journaled_process


def readable_updater(path):
    """Returns an updater. Puts a file aside that a kill has cut short."""
    try:
        return Updater(
            environment["BOT_TOKEN"],
            base_url=f"{environment['API_ROOT']}/bot",
            persistence=PicklePersistence(path),
        )
    except TypeError:
        os.replace(path, f"{path}.unreadable-{time.monotonic_ns()}")
        return readable_updater(path)


updater = readable_updater(os.path.join(environment["STORE"], "bot.pickle"))
dispatcher = updater.dispatcher
dispatcher.process_update = journaled(dispatcher.process_update)
text = Filters.text & ~Filters.command
dispatcher.add_handler(
    ConversationHandler(
        entry_points=[CommandHandler("states", states)],
        states={NAME: [MessageHandler(text, take_name)], AGE: [MessageHandler(text, take_age)]},
        fallbacks=[CommandHandler("cancel", cancel)],
        name="states",
        persistent=True,
    )
)
dispatcher.add_handler(
    ConversationHandler(
        entry_points=[CommandHandler("hurry", hurry)],
        states={ANSWER: [], ConversationHandler.TIMEOUT: [MessageHandler(Filters.all, late)]},
        fallbacks=[CommandHandler("cancel", cancel)],
        conversation_timeout=1.5,
        name="hurry",
        persistent=True,
    )
)
dispatcher.add_handler(CommandHandler("ping", ping))
if environment["MODE"] == "polling":
    updater.start_polling()
else:
    updater.start_webhook(
        port=int(environment["PORT"]), url_path="hook", webhook_url=environment["WEBHOOK_URL"]
    )
updater.idle()
