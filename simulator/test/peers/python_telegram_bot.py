"""A bot written with python-telegram-bot 13.

Environment: BOT_TOKEN, TELEGRAM_API_ROOT, MODE (polling, webhook or tls), PORT; for tls also WEBHOOK_URL,
CERT and KEY, of which the certificate is uploaded to Telegram.
"""
from os import environ

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.ext import (
    CallbackQueryHandler,
    CommandHandler,
    Filters,
    MessageHandler,
    Updater,
)

TELEGRAM_API_ROOT = environ["TELEGRAM_API_ROOT"]
PORT = int(environ["PORT"])
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da6364f8cf500f00038601805a347d6b"
    "0000000049454e44ae426082"
)


def start(update, context):
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Press", callback_data="press")]])
    name = update.effective_user.first_name
    update.message.reply_text(f"Hello, {name}!", reply_markup=keyboard)


def photo(update, context):
    update.message.reply_photo(PIXEL, filename="pixel.png", caption="A photo")


def document(update, context):
    update.message.reply_document(b"A report", filename="report.txt")


def album(update, context):
    first = InputMediaPhoto(PIXEL, caption="An album", filename="1.png")
    update.message.reply_media_group([first, InputMediaPhoto(PIXEL, filename="2.png")])


def pressed(update, context):
    update.callback_query.answer("Thank you")
    update.callback_query.edit_message_text("Pressed")


def received(update, context):
    content = update.message.photo[-1].get_file().download_as_bytearray()
    update.message.reply_text(f"{len(content)} bytes")


def echo(update, context):
    update.message.reply_text(update.message.text)


updater = Updater(
    environ["BOT_TOKEN"],
    base_url=f"{TELEGRAM_API_ROOT}/bot",
    base_file_url=f"{TELEGRAM_API_ROOT}/file/bot",
)
dispatcher = updater.dispatcher
dispatcher.add_handler(CommandHandler("start", start))
dispatcher.add_handler(CommandHandler("photo", photo))
dispatcher.add_handler(CommandHandler("document", document))
dispatcher.add_handler(CommandHandler("album", album))
dispatcher.add_handler(CallbackQueryHandler(pressed, pattern="press"))
dispatcher.add_handler(MessageHandler(Filters.photo, received))
dispatcher.add_handler(MessageHandler(Filters.text, echo))

if environ["MODE"] == "polling":
    updater.start_polling()
elif environ["MODE"] == "tls":
    updater.start_webhook(
        listen="127.0.0.1",
        port=PORT,
        url_path="hook",
        cert=environ["CERT"],
        key=environ["KEY"],
        webhook_url=environ["WEBHOOK_URL"],
    )
else:
    updater.start_webhook(
        listen="127.0.0.1",
        port=PORT,
        url_path="hook",
        webhook_url=f"http://127.0.0.1:{PORT}/hook",
    )
updater.idle()
