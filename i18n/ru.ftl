# Countersign по-русски. Ключи и аргументы те же, что в en.ftl (проверяется тестом).

### Продукт

product-name = Countersign

### Вход из программы (countersign-client login)

terminal-title-login = Вход
terminal-title-second-factor = Второй фактор аутентификации
terminal-title-ended = Вход прекращён
terminal-title-done = Вход выполнен
terminal-username = Имя пользователя
terminal-password = Пароль
terminal-login-button = Войти
terminal-continue = Продолжить
terminal-select-device = Выберите устройство второго фактора
terminal-challenge = Код запроса
terminal-response = Ответ
terminal-respond-help = Введите код запроса на устройстве, затем введите здесь ответ, число цифр: { $n }.
terminal-code-card-help = Введите значения с карты под номерами { $first } и { $second } подряд, без пробела.
terminal-code-card-places = Номера
terminal-passcode-help = Введите код, который показывает устройство, число цифр: { $n }.
terminal-sent-code-help = Введите код, отправленный на { $to }, число цифр: { $n }.
terminal-static-code-help = Введите временный код безопасности.
terminal-approve-help = На телефон отправлено уведомление. Нажмите на него и подтвердите вход; дальше окно продолжит само.
terminal-approve-number-help = На телефон отправлено уведомление. Нажмите на него и введите там это число; дальше окно продолжит само.
terminal-number = Число
terminal-qr-help = Откройте этот код в приложении на телефоне; дальше окно продолжит само.
terminal-webauthn-help = Ключ доступа в этой программе не работает. Выберите другое устройство или войдите через браузер.
terminal-no-notification = Уведомление не пришло
terminal-send-notification = Отправить уведомление на телефон
terminal-other-device = Другое устройство
terminal-time-left = Осталось { $time }
terminal-busy = Минуту…
terminal-wrong-response = Вход не выполнен: ответ неверный.
terminal-wrong-number = Вход не выполнен: число неверное.
terminal-attempts-left =
    { $n ->
        [one] Осталась { $n } попытка.
        [few] Осталось { $n } попытки.
       *[other] Осталось { $n } попыток.
    }
terminal-invalid-credentials = Неверное имя пользователя или пароль. Проверьте, выключен ли Caps Lock.
terminal-ended-denied = Вход отклонён на устройстве.
terminal-ended-expired = Время для этого входа истекло.
terminal-ended-too-many = Слишком много неверных ответов. Этот вход прекращён.
terminal-ended-answered = На этот вход уже был дан ответ.
terminal-ended-device-locked = Устройство заблокировано: слишком много неверных ответов. Выберите другое устройство или позвоните в службу безопасного входа.
terminal-ended-device-locked-minutes =
    { $n ->
        [one] Устройство заблокировано: слишком много неверных ответов. Повторите через { $n } минуту или выберите другое устройство.
        [few] Устройство заблокировано: слишком много неверных ответов. Повторите через { $n } минуты или выберите другое устройство.
       *[other] Устройство заблокировано: слишком много неверных ответов. Повторите через { $n } минут или выберите другое устройство.
    }
terminal-ended-no-device = У вас нет устройства, которым можно подтвердить этот вход. Позвоните в службу безопасного входа.
terminal-ended-unknown = Сервер больше не знает этого входа. Начните сначала.
terminal-throttled =
    { $n ->
        [one] Слишком много запросов. Повторите через { $n } секунду.
        [few] Слишком много запросов. Повторите через { $n } секунды.
       *[other] Слишком много запросов. Повторите через { $n } секунд.
    }
terminal-error-network = Сервер недоступен. Проверьте соединение и повторите.
terminal-error-server = Сервер сейчас не может ответить (код { $status }). Повторите позже.
terminal-error-protocol = Сервер не принял запрос программы ({ $error }).
terminal-error-answer = Программа не понимает ответа сервера.
terminal-error-issuer = Этот сервер называет себя { $url }. Запустите программу с этим адресом.
terminal-error-id-token = Подтверждение личности от сервера недействительно. Вход не выполнен.
terminal-signed-in-as = Вы вошли как { $name }
terminal-not-signed-in = Вход не выполнен.
terminal-scope = Разрешения
terminal-server = Сервер
terminal-quit = Выйти
terminal-start-again = Начать сначала
terminal-copied = Код запроса скопирован.
terminal-hints-login = Tab следующее поле · Enter войти · Esc выйти
terminal-hints-choose = Enter открыть список · Tab дальше · Esc назад
terminal-hints-list = ↑ ↓ или первая буква · Enter выбрать · Esc закрыть
terminal-hints-respond = Enter войти · F2 скопировать запрос · Tab дальше · Esc назад
terminal-hints-device = Enter выбрать · Tab дальше · Esc назад
terminal-hints-ended = Enter начать сначала · Ctrl-C выйти
terminal-hints-done = q выйти
script-choose-device = Этот вход могут подтвердить несколько устройств. Выберите одно с помощью --device:
script-no-such-device = Нет устройства { $device }, которым можно подтвердить этот вход.
script-several-such-devices = Устройств с названием { $device } несколько. Укажите идентификатор одного из них.
script-wait = На телефон отправлено уведомление. Чтобы дождаться ответа, укажите --wait.
script-no-response = Нужен ответ устройства: укажите --response, --response-command или --card-state.
script-not-for-login = Этот код запроса не для входа: ответ на него может перевести деньги или изменить устройства. Ответ не дан.

### Рынок в терминале после входа (countersign-client login --brokerage)

desk-title = Учебный рынок
desk-waiting = Запрос к брокеру…
desk-quotes = Котировки
desk-orders = Заявки
desk-symbol = Бумага
desk-bid = Покупка
desk-ask = Продажа
desk-shares = Штук
desk-price = Цена
desk-cash = свободно { $amount }
desk-number = Номер
desk-order = Заявка
desk-limit = Лимит
desk-left = Остаток
desk-state = Состояние
desk-buy = Купить
desk-sell = Продать
desk-state-open = активна
desk-state-filled = исполнена
desk-state-cancelled = снята
desk-placed = Заявка { $number }: { $state }.
desk-cancelled = Заявка { $number } снята.
desk-limit-help = Enter отправляет. Без лимита заявка сразу берёт цену рынка.
desk-hints = b купить · s продать · Tab заявки · c снять заявку · q выйти
desk-hints-ticket = Enter дальше, затем отправить · Tab другое поле · Esc не отправлять
desk-error-login = Брокеру нужен новый вход. Выйдите и войдите снова.
desk-error-cash = Для этой заявки не хватает свободных денег.
desk-error-shares = Столько свободных бумаг для продажи нет.
desk-error-quantity = Число бумаг должно быть от 1 до 100 000.
desk-error-limit = Лимит должен быть ценой больше нуля, например 184.20.
desk-error-order = Эта заявка уже не активна.
desk-error-refused = Брокер не принимает эту заявку.
desk-error-connection = Брокер недоступен. Запрос повторяется.

### Страницы входа

# Слова в обратных кавычках показываются как клавиши или дисплей устройства.

## Рамка каждой страницы

frame-skip = Перейти к содержанию
frame-nav = Сайт
frame-help = Справка
frame-settings = Настройки безопасного входа
frame-language = Язык
frame-new-tab = (откроется в новой вкладке)
frame-demo = Демо
frame-demo-words = Пользователи вымышлены, всё ненастоящее.
frame-demo-link = Что попробовать
frame-desk = Служба безопасного входа
frame-promise = Мы никогда не спрашиваем пароль, PIN или ответ по телефону, почте или в сообщениях.

## Главная страница

home-title = Безопасный вход с тем устройством, что под рукой
home-lead = Первую дверь открывает пароль. Вторую открывает устройство, которое есть только у вас.
home-app = Открыть мобильное приложение
home-app-words = Мобильное приложение подтверждает входы и платежи касанием. Откройте его на телефоне.
home-login = Перейти ко входу
home-how = Как это устроено
home-settings = Настройки безопасного входа
home-what = Что даёт безопасный вход
home-devices = Несколько устройств сразу
home-devices-words = Держите активными несколько устройств и выбирайте любое при каждом входе. Потеря одного не закроет вам доступ.
home-proof = Работает без сети
home-proof-words = Digital Security Card+ отвечает на код запроса сама. Ей не нужны ни телефон, ни связь.
home-control = Всё на виду
home-control-words = Все входы, устройства и знакомые браузеры перечислены в настройках. Завершите то, что не ваше.

## Вход

login-title = Вход
login-asked-by = Программа «{ $client }» просит вас войти.
login-username = Имя пользователя
login-password = Пароль
login-button = Войти
login-then = Затем вы подтвердите вход устройством второго фактора.
login-trouble = Не получается войти?
login-one-moment = Минуту…
login-invalid-credentials = Неверное имя пользователя или пароль. Проверьте, выключен ли Caps Lock, и попробуйте ещё раз.
login-signed-out = Вы вышли.
login-session-ended = Сеанс завершён. Войдите снова.
login-attempt-expired = Тот вход уже завершён. Начните снова с пароля.
login-throttled =
    { $n ->
        [one] Слишком много попыток. Подождите { $n } секунду и попробуйте снова.
        [few] Слишком много попыток. Подождите { $n } секунды и попробуйте снова.
       *[other] Слишком много попыток. Подождите { $n } секунд и попробуйте снова.
    }
login-busy = Сейчас входит очень много людей. Попробуйте снова через минуту.
login-form-expired = Страница была открыта слишком долго. Попробуйте ещё раз.

login-steps = Шаги входа
login-step-password = Пароль
login-step-done = (готово)
login-step-device = Второй фактор
login-second-factor = Второй фактор
login-choose = Выберите устройство второго фактора
login-device = Устройство
login-choose-words = Пока вы не выбрали, ничего не отправляется и не запрашивается.
login-choose-help = Несколько устройств
login-choice-locked-minutes =
    { $n ->
        [one] заблокировано на { $n } минуту
        [few] заблокировано на { $n } минуты
       *[other] заблокировано на { $n } минут
    }
login-choice-locked = заблокировано, обратитесь в службу безопасного входа
login-continue = Продолжить
login-other-device = Другое устройство
login-start-again = Начать сначала
login-help-for = Справка: { $device }

login-time-left = Осталось:
login-time-left-then = Когда страница открылась, оставалось:
login-seconds-left =
    { $n ->
        [one] Осталась { $n } секунда.
        [few] Осталось { $n } секунды.
       *[other] Осталось { $n } секунд.
    }

login-challenge = Код запроса
login-response = Ответ
login-respond-words =
    { $n ->
        [one] Введите код запроса на устройстве, а его ответ из { $n } цифры введите здесь.
       *[other] Введите код запроса на устройстве, а его ответ из { $n } цифр введите здесь.
    }
login-digits =
    { $n ->
        [one] { $n } цифра
        [few] { $n } цифры
       *[other] { $n } цифр
    }
login-guard = Код запроса для входа начинается с 1–5. Никогда не отвечайте на странице входа на код, который начинается с 8 или 9: такой ответ отпускает деньги.
login-send-notification = Отправить уведомление на телефон
login-how = Какие клавиши нажимать
login-steps-hold-pin = Держите `press`, пока на дисплее не появится `PIN>`.
login-steps-type-pin = Введите PIN из 4 цифр и нажмите `OK`.
login-steps-type-challenge = Когда появится `CHALLNG>`, введите код запроса и нажмите `OK`.
login-steps-hold-challenge = Держите `press`, пока на дисплее не появится `CHALLNG>`.
login-steps-type-challenge-first = Введите код запроса и нажмите `OK`.
login-steps-read-response = Прочитайте ответ из 8 цифр.
login-steps-hold-bracket = Держите `press`, пока на дисплее не появится `[`.
login-steps-type-pin-for-passcode = Введите PIN из 4 цифр и нажмите `OK`.
login-steps-press = Нажмите кнопку.
login-steps-read-passcode = Прочитайте код из 6 цифр.

login-passcode = Код устройства
login-passcode-words =
    { $n ->
        [one] Введите код из { $n } цифры, который устройство показывает сейчас. Каждый код действует один раз, около 30 секунд.
       *[other] Введите код из { $n } цифр, который устройство показывает сейчас. Каждый код действует один раз, около 30 секунд.
    }
login-sent-code = Код безопасности
login-sent-words = Введите код, отправленный на { $to }.

login-places = Номера
login-card-values = Значения с карты
login-card-words = Найдите эти два номера на карте. Введите оба значения подряд, без пробела.
login-card-six = 6 букв и цифр
login-card-guard = Пока вы не ответите, спрашиваются те же два номера. Кто спрашивает другие номера или больше двух, тот не мы.

login-approve = Подтвердите на телефоне
login-approve-words = На ваш телефон ({ $device }) отправлено уведомление. Нажмите на него и подтвердите вход. Дальше страница продолжит сама.
login-number = Число
login-approve-number-words = На ваш телефон ({ $device }) отправлено уведомление. Нажмите на него и введите там это число. Дальше страница продолжит сама.
login-no-notification = Уведомление не пришло
login-approve-guard = Если этот вход начали не вы, откажите на телефоне.

login-wrong-response = Вход не выполнен: ответ неверный.
login-wrong-number = Вход не выполнен: число неверное.
login-request-open = Уведомление не отправлено: на телефоне открыт другой запрос. Ответьте на него или отклоните его там, либо используйте запрос-ответ.
login-too-many-unanswered = Уведомление не отправлено: слишком много уведомлений осталось без ответа. Используйте запрос-ответ; после входа уведомления снова будут приходить.
login-superseded = В этом браузере начат другой вход, и телефон показывает его. Здесь используйте запрос-ответ.
login-attempts-left =
    { $n ->
        [one] Осталась { $n } попытка.
        [few] Осталось { $n } попытки.
       *[other] Осталось { $n } попыток.
    }
login-device-locked-minutes =
    { $n ->
        [one] Устройство заблокировано на { $n } минуту: слишком много неверных ответов. Выберите другое.
        [few] Устройство заблокировано на { $n } минуты: слишком много неверных ответов. Выберите другое.
       *[other] Устройство заблокировано на { $n } минут: слишком много неверных ответов. Выберите другое.
    }
login-device-locked = Устройство заблокировано: слишком много неверных ответов. Выберите другое или попросите службу безопасного входа снять блокировку.

login-ended-denied = Вход отклонён
login-ended-denied-advice = Его отклонили на вашем устройстве. Если вы сделали это по ошибке, начните сначала.
login-ended-expired = Время вышло
login-ended-expired-advice = Вход не был подтверждён вовремя. Приготовьте устройство и начните сначала.
login-ended-too-many = Слишком много неверных ответов
login-ended-too-many-advice = Этот вход прекращён. Неверный PIN выглядит как неверный ответ: проверьте PIN и начните сначала.
login-ended-answered = На этот вход уже дан ответ
login-ended-answered-advice = На каждый вход можно ответить один раз. Если вы не вошли, начните сначала.
login-ended-locked = Устройство заблокировано
login-ended-locked-advice = Было слишком много неверных ответов. Снять блокировку может служба безопасного входа.
login-ended-locked-minutes-advice =
    { $n ->
        [one] Было слишком много неверных ответов. Попробуйте снова через { $n } минуту.
        [few] Было слишком много неверных ответов. Попробуйте снова через { $n } минуты.
       *[other] Было слишком много неверных ответов. Попробуйте снова через { $n } минут.
    }
login-ended-no-device = Подтвердить вход нечем
login-ended-no-device-advice = У вас нет активного устройства второго фактора. Вернуть доступ поможет служба безопасного входа.

## Настройки

settings-title = Настройки безопасного входа
settings-signed-in = Вы вошли как { $name }
settings-logout = Выйти
settings-devices = Устройства
settings-devices-active =
    { $n ->
        [0] Активных устройств нет. Обратитесь в службу безопасного входа.
        [one] { $n } активное устройство.
        [few] { $n } активных устройства. При каждом входе вы выбираете одно.
       *[other] { $n } активных устройств. При каждом входе вы выбираете одно.
    }
settings-default = По умолчанию
settings-since = С { $when }
settings-last-used = Последний раз { $when }
settings-never-used = Ещё не использовалось
settings-device-help = Как пользоваться
settings-state-ordered = Заказано
settings-state-shipped = В пути
settings-state-pending = Ещё не активировано
settings-state-active = Активно
settings-state-suspended = Приостановлено
settings-state-replaced = Заменено
settings-state-migrated = Перенесено
settings-state-lost = Утеряно
settings-state-revoked = Отозвано
settings-state-expired = Срок истёк
settings-sessions = Сеансы
settings-sessions-words =
    { $n ->
        [0] Вы нигде не вошли.
        [one] Вы вошли в { $n } месте.
       *[other] Вы вошли в { $n } местах. Завершите то, что не ваше.
    }
settings-started = Начат { $when }
settings-last-seen = Последний раз { $when }
settings-this-session = Этот сеанс
settings-session-end = Завершить
settings-marks = Знакомые браузеры и программы
settings-marks-words = Отсюда вы уже входили. Чужие неверные попытки в других местах не закроют вам вход здесь.
settings-marks-none = Знакомых браузеров и программ пока нет.
settings-this-browser = Этот браузер
settings-mark-revoke = Забыть
settings-activity = Последние события
settings-activity-words = Если вы видите то, чего не делали, позвоните в службу безопасного входа.
settings-activity-none = Пока ничего не произошло.
settings-when = Когда
settings-what = Что
settings-where = Откуда

## События

activity-password-accepted = Пароль принят
activity-password-refused = Пароль отклонён
activity-confirmation-offered = Запрошен второй фактор
activity-device-chosen = Выбрано устройство
activity-returned-to-choice = Возврат к выбору устройства
activity-answered-wrong = Неверный ответ
activity-confirmed = Подтверждено устройством
activity-denied = Отклонено на устройстве
activity-reported = Заявлено: это был не я
activity-expired = Не подтверждено вовремя
activity-exhausted = Прекращено после неверных ответов
activity-device-locked = Устройство заблокировано после неверных ответов
activity-card-preauthorised = Разрешена крупная покупка по карте
activity-card-payment-authorised = Разрешён отклонённый платёж по карте
activity-card-blocked = Карта заблокирована
activity-device-unlocked = Снята блокировка устройства
activity-device-added = Добавлено устройство
activity-device-state-changed = Изменилось состояние устройства
activity-device-renamed = Изменено название устройства
activity-pin-changed = Изменён PIN устройства
activity-user-added = Создан пользователь
activity-user-locked = Пользователь заблокирован после неудачных попыток
activity-user-unlocked = Снята блокировка пользователя
activity-default-device-changed = Изменилось устройство по умолчанию
activity-session-started = Вход в браузере
activity-session-ended = Сеанс в браузере завершён
activity-mark-set = Браузер или программа стали знакомыми
activity-mark-revoked = Знакомый браузер или программа забыты
activity-code-issued = Вход в программе
activity-code-redeemed = Программа получила доступ
activity-code-replayed = Доступ программы запрошен дважды и отозван
activity-activation-started = Начата активация телефона
activity-activation-refused = Неверный код активации или первый ответ
activity-keys-agreed = Согласованы ключи телефона
activity-activation-ended = Активация телефона не завершена
activity-statement-refused = Подписанное заявление отклонено
activity-phone-logged-out = Выход из приложения
activity-push-subscribed = Включены уведомления на телефон
activity-push-ended = Уведомления на телефон прекращены
activity-token-refreshed = Программа продлила доступ
activity-refresh-replayed = Доступ программы продлён дважды одним ключом и отозван
activity-grant-revoked = Программа вернула доступ
activity-delivery-given-up = Не удалось сообщить программе об окончании
activity-message-failed = Не удалось доставить сообщение
activity-desk-told = Служба безопасного входа извещена о вашем сообщении
activity-desk-not-told = Не удалось известить службу безопасного входа о вашем сообщении
activity-signing-key-added = Добавлен ключ подписи
activity-signing-key-retired = Ключ подписи выведен из использования
activity-client-added = Программа зарегистрирована
activity-client-removed = Программа удалена
activity-client-secret-changed = Программа получила новый секрет
activity-other = Другое

## Сообщения по почте и SMS

notice-last-attempt = Ещё одна неудачная попытка входа, и ваш пользователь будет заблокирован. Если входите не вы, позвоните в службу безопасного входа{ $desk }.
notice-activation-code = Ваш код активации: { $code }. Он действует { $minutes } мин. Вводите его только в приложении на своём телефоне; мы никогда его не спрашиваем.
notice-device-activated = Активировано новое устройство: { $device }. Если это были не вы, немедленно позвоните в службу безопасного входа{ $desk }.
notice-device-removed = Ваше устройство «{ $device }» удалено в самом приложении. Если это были не вы, немедленно позвоните в службу безопасного входа{ $desk }.
notice-pin-changed = Изменён PIN вашего устройства «{ $device }». Если это были не вы, немедленно позвоните в службу безопасного входа{ $desk }.
notice-card-runs-out = На вашей карте «{ $device }» осталось кодов на столько подтверждений: { $left }. Закажите замену заранее.
notice-card-used-up = Ваша карта «{ $device }» израсходована: каждое значение действует один раз, и ни одного не осталось. Она больше ничего не подтверждает.
notice-user-locked = Ваш пользователь заблокирован после многих неудачных попыток входа, до { $until }. Если входили не вы, позвоните в службу безопасного входа{ $desk }.
notice-device-locked = Ваше устройство «{ $device }» заблокировано после многих неверных ответов, до { $until }. Если это были не вы, позвоните в службу безопасного входа{ $desk }.
notice-device-locked-for-good = Ваше устройство «{ $device }» заблокировано после многих неверных ответов. Снять блокировку может только служба безопасного входа{ $desk }.
notice-wrong-answers = Кто-то ввёл ваш верный пароль, а затем неверные ответы, пока вход не прекратился. Если это были не вы, смените пароль.
notice-not-me = Вы сообщили о входе, который начали не вы. Ваш пароль заблокирован. Позвоните в службу безопасного входа{ $desk }.

mail-subject-code = { $product }: ваш код активации
mail-subject-notice = { $product }: о вашем безопасном входе
mail-subject-desk = { $product }: пользователь сообщает о чужом запросе
mail-foot = Это письмо { $product } отправляет автоматически. Ответы на него никто не читает.

## О чём служба безопасного входа узнаёт по почте

desk-report-login =
    { $username } отказывает на телефоне в запросе и сообщает: «Это не я». Пароль заблокирован, пока его не разблокирует служба.

    О чём был запрос: { $what }
    Программа: { $client }
    Сетевой адрес: { $address }
    Отказано: { $at }
    Номер пользователя: { $user }
    Попытка, как она названа в журнале аудита: { $attempt }
desk-report-request =
    { $username } отказывает на телефоне в запросе и сообщает: «Это не я». Пароль для него не был нужен и не заблокирован.

    О чём был запрос: { $what }
    Программа: { $client }
    Сетевой адрес: { $address }
    Отказано: { $at }
    Номер пользователя: { $user }
    Попытка, как она названа в журнале аудита: { $attempt }
desk-what-login = вход
desk-what-withdrawal = вывод денег
desk-what-card-payment = платёж картой
desk-what-card-preauthorisation = предварительное разрешение платежа картой
desk-what-phone-activation = активация приложения на телефоне

## Ошибки

error-status = Ошибка { $n }
error-to-login = Перейти ко входу
error-to-start = На главную
error-request = Обращаясь за помощью, назовите номер:
error-not-found = Здесь ничего нет
error-not-found-advice = Возможно, в адресе опечатка или страница больше не существует.
error-bad-request = Запрос не понят
error-bad-request-advice = В запросе чего-то не хватает или что-то не так записано. Вернитесь и попробуйте ещё раз.
error-form-expired = Страница была открыта слишком долго
error-form-expired-advice = Ради вашей безопасности формы действуют недолго и только в том браузере, где открыты. Откройте страницу снова. Файлы cookie должны быть разрешены.
error-forbidden = Это не для вас
error-forbidden-advice = Вы вошли, но эта страница принадлежит другому.
error-method-not-allowed = Так здесь нельзя
error-method-not-allowed-advice = Этот адрес принимает запросы другого вида. Начните со входа.
error-too-large = Слишком много данных
error-too-large-advice = Запрос больше, чем принимает эта страница.
error-unsupported-media-type = Такой формат здесь не принимается
error-unsupported-media-type-advice = Формы должна отправлять сама страница.
error-throttled = Слишком много попыток
error-throttled-advice =
    { $n ->
        [one] Подождите { $n } секунду и попробуйте снова. Ожидание не отнимает попыток.
        [few] Подождите { $n } секунды и попробуйте снова. Ожидание не отнимает попыток.
       *[other] Подождите { $n } секунд и попробуйте снова. Ожидание не отнимает попыток.
    }
error-busy = Сейчас здесь очень много людей
error-busy-advice = Попробуйте снова через минуту. Попыток это не отнимает.
error-internal = У нас что-то сломалось
error-internal-advice = Вы ни при чём. Попробуйте снова через минуту.

## Виды ошибок API

problem-page = Вид ошибки
problem-meaning = Что это значит
problem-advice = Что делать
problem-not-found = Здесь ничего нет
problem-not-found-meaning = По этому пути ничего не отвечает, или вызывающему нельзя об этом знать.
problem-not-found-advice = Сверьте путь с документацией.
problem-method-not-allowed = Этот путь не принимает такой метод
problem-method-not-allowed-meaning = Ресурс есть, но не для этого метода HTTP.
problem-method-not-allowed-advice = Используйте метод, который указан в документации пути.
problem-bad-request = Запрос не понят
problem-bad-request-meaning = Поля не хватает, оно записано неверно или встречается дважды.
problem-bad-request-advice = Прочитайте поле detail и исправьте запрос. Без изменений он снова не пройдёт.
problem-too-large = Тело запроса слишком велико
problem-too-large-meaning = Тело больше, чем принимает этот путь.
problem-too-large-advice = Отправьте меньше.
problem-unsupported-media-type = Такой тип содержимого здесь не принимается
problem-unsupported-media-type-meaning = Заголовок Content-Type называет формат, который этот путь не читает.
problem-unsupported-media-type-advice = Отправьте JSON или форму, как сказано в документации пути.
problem-unauthorized = Нужен действующий токен
problem-unauthorized-meaning = В запросе нет токена, или токен неизвестен, отозван либо истёк.
problem-unauthorized-advice = Получите токен и передайте его в заголовке Authorization.
problem-invalid-proof = Подтверждение DPoP не принято
problem-invalid-proof-meaning = Каждому вызову нужно новое подтверждение ключом телефона именно для этого запроса (RFC 9449). Причина называет неподходящее поле.
problem-invalid-proof-advice = Создайте новое подтверждение. Если не подходит время, возьмите время сервера из заголовка X-Server-Time (секунды Unix).
problem-device-not-active = Устройство не активно
problem-device-not-active-meaning = Устройство приостановлено, заменено или выведено из использования.
problem-device-not-active-advice = Активируйте телефон снова или верните устройство в настройках.
problem-invalid-credentials = Имя и пароль не приняты
problem-invalid-credentials-meaning = Пара неверна или пользователь заблокирован; эти случаи не различаются.
problem-invalid-credentials-advice = Проверьте то и другое и попробуйте снова. О блокировке владелец узнаёт из письма или SMS.
problem-no-contact = Некуда отправить код
problem-no-contact-meaning = У пользователя нет зарегистрированного номера или адреса почты.
problem-no-contact-advice = Зарегистрировать его может служба безопасного входа.
problem-unknown-activation = Эта активация завершена
problem-unknown-activation-meaning = Она истекла, закончена, исчерпала попытки или начата другим телефоном.
problem-unknown-activation-advice = Начните новую активацию.
problem-unknown-invitation = Этот код со страницы настроек уже использован или устарел
problem-unknown-invitation-meaning = Номер сеанса или QR-код неизвестен, уже использован телефоном, или его время вышло.
problem-unknown-invitation-advice = Откройте новый код на странице настроек и воспользуйтесь им в течение десяти минут.
problem-unknown-change = Эта смена PIN завершена
problem-unknown-change-meaning = Она истекла, закончена, исчерпала попытки или начата другим телефоном. Ваш PIN остался прежним.
problem-unknown-change-advice = Начните смену заново.
problem-no-pin = У этого телефона нет PIN
problem-no-pin-meaning = Его подтверждает отпечаток пальца или лицо, которые знает сам телефон.
problem-no-pin-advice = Активируйте телефон заново, если хотите пользоваться PIN.
problem-wrong-code = Код активации неверен
problem-wrong-code-meaning = Код не совпадает с последним отправленным.
problem-wrong-code-advice = Введите код ещё раз; сколько попыток осталось, говорит attempts_left.
problem-wrong-response = Ответ или PIN-код неверен
problem-wrong-response-meaning = Неверный PIN-код и неверный ответ не различаются.
problem-wrong-response-advice = Попробуйте снова с верным PIN-кодом; сколько попыток осталось, говорит attempts_left.
problem-wrong-number = Число неверно
problem-wrong-number-meaning = Две цифры не совпадают с показанными на экране входа. Запрос на телефоне завершён.
problem-wrong-number-advice = Экран входа предлагает код запроса вместо уведомления.
problem-statement-mismatch = Подписано не то, что запрошено
problem-statement-mismatch-meaning = Поле подписанного заявления отличается от того, что нужно подтвердить. Причина называет его.
problem-statement-mismatch-advice = Покажите пользователю текущий запрос и подпишите именно его.
problem-attempt-ended = Эта попытка завершена
problem-attempt-ended-meaning = На неё ответили, её отклонили, она истекла или исчерпала попытки. Причина говорит, что именно.
problem-attempt-ended-advice = Начните новую.
problem-not-awaited = Попытка этого не ожидает
problem-not-awaited-meaning = Шаг не подходит к текущему состоянию попытки.
problem-not-awaited-advice = Узнайте состояние попытки и продолжайте с него.
problem-device-locked = Устройство заблокировано
problem-device-locked-meaning = С ним дано слишком много неверных ответов.
problem-device-locked-advice = Используйте другое устройство. Временная блокировка проходит сама; снять её может другое устройство или служба безопасного входа.
problem-no-cards = Дебетовых карт здесь нет
problem-no-cards-meaning = За этим сервером у организации нет карточного процессора.
problem-no-cards-advice = Не показывайте карты; config.json приложения заранее говорит, есть ли они.
problem-unknown-card = Такой карты у пользователя нет
problem-unknown-card-meaning = Карты не существует, или она чужая: ответ один и тот же.
problem-unknown-card-advice = Получите список карт заново.
problem-card-refused = Карта этого не делает
problem-card-refused-meaning = Причина названа в reason: not_active (карта не активна), not_whole (только целые единицы валюты), not_needed (карта платит это сразу), insufficient_funds (не хватает денег), unknown_payment (платёж не отклонён или слишком стар), changed (платёж изменился).
problem-card-refused-advice = Назовите пользователю причину; ничего не сделано.
problem-card-processor-unreachable = Карточный процессор недоступен
problem-card-processor-unreachable-meaning = Карточный процессор организации не ответил. Подтверждённое остаётся подтверждённым и может быть исполнено в течение десяти минут.
problem-card-processor-unreachable-advice = Повторите через время из заголовка Retry-After; дважды ничего не исполняется.
problem-form-expired = Форма устарела или пришла с другого сайта
problem-form-expired-meaning = Метка формы не от этого браузера, или запрос пришёл с другого сайта.
problem-form-expired-advice = Загрузите страницу снова и отправьте её форму. Файлы cookie должны быть разрешены.
problem-cross-origin = Обращаться сюда может только наша страница
problem-cross-origin-meaning = Запрос пришёл со страницы другого сайта или из программы. Этот адрес служит только странице приложения для телефона.
problem-cross-origin-advice = Воспользуйтесь приложением для телефона или интерфейсами, описанными для программ.
problem-no-push = Телефоны здесь не уведомляются
problem-no-push-meaning = Этот сервер не отправляет уведомлений через службы push. В его настройках они не включены.
problem-no-push-advice = Показывайте ожидающие запросы, пока приложение открыто. Коды по запросу работают и без сети.
problem-not-subscribed = Этот телефон не подписан на уведомления
problem-not-subscribed-meaning = Сервер не знает, куда отправить уведомление, или служба push больше не знает этот телефон.
problem-not-subscribed-advice = Подпишитесь в браузере снова и отправьте новую подписку.
problem-throttled = Слишком много попыток
problem-throttled-meaning = С этого сетевого адреса или для этого пользователя пришло слишком много запросов с секретом. Попыткой это не считается.
problem-throttled-advice = Подождите столько, сколько указано в заголовке Retry-After.
problem-busy = Слишком много запросов сразу
problem-busy-meaning = Сервер ненадолго отказывает в новой работе, чтобы не заставлять ждать всех.
problem-busy-advice = Повторите через время из заголовка Retry-After.
problem-internal = У нас что-то сломалось
problem-internal-meaning = Сервер не смог выполнить запрос. Больше в ответе намеренно ничего не сказано.
problem-internal-advice = Повторите позже. Если не пройдёт, сообщите оператору заголовок X-Request-Id из ответа.

## Демо

demo-title = Попробуйте Countersign
demo-lead = Всё работает на этой машине. Войдите как вымышленный пользователь с виртуальными картами и телефонами, которые ведут себя как настоящие.
demo-try = Что попробовать
demo-try-login = Войдите как один из пользователей ниже.
demo-try-choose = Выберите любое из его устройств.
demo-try-card = Откройте карту рядом со входом, введите PIN и код запроса и перенесите ответ обратно.
demo-try-phone = Или выберите мобильное приложение: страница ждёт и продолжает сама, когда программный телефон подтвердит вход в терминале.
demo-try-wrong = Дайте неверные ответы и посмотрите, что говорит страница, что блокируется и что узнаёт пользователь.
demo-try-language = Смените язык вверху любой страницы, даже посреди входа.
demo-open-login = Открыть вход
demo-open-card = Открыть карту
demo-open-outbox = Открыть исходящие
demo-app = Мобильное приложение
demo-app-words = Само приложение, в браузере телефона или в другом окне здесь. Оно займёт место программного телефона этого пользователя.
demo-app-open = Открыть приложение
demo-app-1 = Откройте его и выберите «Аутентификация», затем «Имя пользователя и пароль».
demo-app-2 = Возьмите этого пользователя:
demo-app-3 = Код активации лежит в исходящих.
demo-app-4 = Придумайте PIN. Затем войдите тем же пользователем в другом окне: запрос появится в приложении.
demo-app-5 = В конце первого экрана приложения можно переключить вид: iOS или Android.
demo-app-none = Приложение не собрано. Соберите его командами `npm ci` и `npm run build` в папке `web`.
demo-brokerage = Пример брокера
demo-brokerage-words = Отдельная программа, клиенты которой входят здесь, как в программах любой организации: клиентский портал, веб-трейдер и касса для дебетовых карт.
demo-open-brokerage = Открыть сайт брокера
demo-users = Пользователи
demo-pin = PIN
demo-take-card = Взять карту
demo-phone = Программный телефон
demo-phone-words = Телефон здесь — это файл. Пока вход ждёт его, подтвердите вход в терминале и введите PIN. Если вместо `approve` написать `deny`, вход будет отклонён.
demo-take-phone = Программный телефон
demo-native = Программа в терминале
demo-native-words = Тот же вход в полноэкранной программе для терминала, с раскрывающимся списком устройств:
demo-back = Назад к списку
demo-outbox = Исходящие
demo-outbox-words = Что сервер отправил бы по почте и SMS. Демо ничего не отправляет.
demo-outbox-count =
    { $n ->
        [0] Сообщений пока нет.
        [one] { $n } сообщение, новые сверху.
        [few] { $n } сообщения, новые сверху.
       *[other] { $n } сообщений, новые сверху.
    }
demo-outbox-mail = Почта
demo-outbox-sms = SMS
demo-card = Виртуальная карта
demo-card-words = Карта работает как настоящая. Она не знает, верен ли PIN: судит только сервер.
demo-card-no-scripts = Скрипты страниц не собраны, поэтому клавиш у карты здесь нет. Соберите их командами `npm ci` и `npm run build` в папке `web`. Форма ниже работает и так.
demo-card-pick = Карта в руке
demo-card-take = Взять эту карту
demo-card-keys = Как пользоваться
demo-card-plain = Без клавиш
demo-card-look-up = Найти два значения
demo-card-places-hint = Два номера со страницы входа, через пробел
demo-card-none = Ни у одного пользователя нет карты.
demo-card-bad-challenge = Эта карта принимает код запроса другой длины.
demo-card-bad-places = Введите два номера, которые есть на карте, через пробел.
demo-card-unavailable = Файл карты не открывается. Запустите демо снова.
demo-card-hold = Держите клавишу, пока дисплей не загорится.
demo-card-failed = Карта недоступна. Обновите страницу и попробуйте снова.
demo-card-off = Дисплей выключен. Чтобы включить его, держите press. Можно печатать и на клавиатуре: цифры, Enter вместо OK, Backspace вместо C.
demo-card-off-button = Дисплей выключен. Нажмите кнопку.
demo-generate = Сгенерировать
demo-key-press = press
demo-lcd-pin = PIN>
demo-lcd-challenge = CHALLNG>
demo-lcd-bracket = [
demo-lcd-busy = - - - -
demo-lcd-error = ERROR

## Справка

help-title = Справка
help-about = Короткие страницы, по одной на каждое дело.
help-all = Вся справка

help-login-title = Как войти
help-login-about = Два шага: пароль, затем устройство.
help-login-steps = По шагам
help-login-1 = Введите имя пользователя и пароль. Имя пользователя всегда пишется строчными буквами.
help-login-2 = Если устройств несколько, выберите одно в списке «Выберите устройство второго фактора».
help-login-3 = Сделайте то, что написано на экране этого устройства: введите ответ, код или значения с карты.
help-login-4 = Нажмите «Войти». Страница показывает, сколько осталось времени.
help-login-fails = Если не получается
help-login-password = «Неверное имя пользователя или пароль»
help-login-password-words = Имя или пароль неверны. Проверьте Caps Lock и раскладку клавиатуры. После многих неудач пользователь на время блокируется; тогда и верный пароль получает этот ответ, а вам приходит письмо или SMS.
help-login-response = «Вход не выполнен»
help-login-response-words = Ответ был неверным. Неверный PIN выглядит точно так же, потому что судить о PIN может только сервер. Введите код запроса ещё раз с верным PIN.
help-login-time = «Время вышло»
help-login-time-words = Код запроса живёт столько же, сколько вход. Начните сначала, и вы получите новый.
help-login-locked = «Устройство заблокировано»
help-login-locked-words = С ним было дано слишком много неверных ответов. Подождите, возьмите другое устройство или обратитесь в службу безопасного входа.

help-digits = Для чего код запроса
help-digits-words = Первая цифра кода запроса показывает, что сделает ваш ответ. Посмотрите на неё, прежде чем отвечать.
help-digits-first = Первая цифра
help-digits-for = Ваш ответ
help-digits-login = впускает вас
help-digits-devices = меняет ваши устройства
help-digits-money = отпускает деньги

help-several-title = Несколько устройств
help-several-about = Можно держать активными несколько устройств и входить с любым из них.
help-several-1 = Введите имя пользователя и пароль.
help-several-2 = В списке «Выберите устройство второго фактора» выберите устройство, которое под рукой.
help-several-3 = Откроется экран этого устройства. Воспользуйтесь устройством и войдите.
help-several-good = Полезно знать
help-several-leave = Активация ещё одного устройства не меняет остальных.
help-several-change = Выбрали не то? «Другое устройство» вернёт вас к списку. Вводить пароль снова не нужно.
help-several-locked = Заблокированное устройство остаётся в списке с указанием причины. Остальные работают.
help-several-one = С единственным активным устройством списка нет: сразу открывается его экран.
help-several-default = Устройство по умолчанию выбрано в списке заранее. Сначала это самое старое.

help-app-title = Как пользоваться мобильным приложением
help-app-about = Телефон подтверждает вход касанием. Без сети он отвечает на код запроса.
help-app-network = С сетью
help-app-network-1 = Введите имя пользователя и пароль. На телефон придёт уведомление.
help-app-network-2 = Нажмите на него и прочитайте, кто просит, откуда и о чём.
help-app-network-3 = Если страница входа показывает число, введите его на телефоне.
help-app-network-4 = Подтвердите PIN, лицом или отпечатком. Страница входа продолжит сама.
help-app-silent = Если уведомление не приходит
help-app-silent-open = Откройте приложение: запрос на его первом экране.
help-app-silent-scan = Или нажмите на странице входа «Войти по QR-коду», а в приложении «Сканировать код».
help-app-silent-challenge = Или ответьте на код запроса, как без сети.
help-app-silent-check = «Самопроверка» в настройках приложения скажет, почему уведомлений нет.
help-app-offline = Без сети
help-app-offline-1 = На странице входа нажмите «Уведомление не пришло». Она покажет код запроса из 6 цифр.
help-app-offline-2 = Откройте в приложении «Запрос-ответ» и введите код запроса.
help-app-offline-3 = Нажмите «Сгенерировать» и введите PIN либо покажите лицо или палец. Приложение покажет ответ из 8 цифр.
help-app-offline-4 = Введите его в поле «Ответ» и нажмите «Войти».
help-app-pin-words = Телефон не знает, верен ли PIN. Он показывает ответ как всегда, а страница входа пишет «Вход не выполнен». Если вы забыли PIN, активируйте телефон снова и придумайте новый.
help-app-know = Полезно знать
help-app-not-me = Начали не вы? Нажмите на телефоне «Это не я». Запрос будет отклонён, пароль заблокирован; затем позвоните в службу безопасного входа.
help-app-new-phone = Новый телефон? Активируйте приложение на нём. Ключ старого телефона прекратится сам.
help-app-lost = Потеряли телефон? Войдите с другим устройством или позвоните в службу безопасного входа.

help-dsc-plus-title = Как пользоваться Digital Security Card+
help-dsc-plus-about = Карта превращает код запроса со страницы входа в ответ. Ей нужен ваш PIN и не нужна сеть.
help-dsc-plus-1 = Введите имя пользователя и пароль. Страница покажет код запроса из 6 цифр.
help-dsc-plus-2 = Держите на карте `press`, пока на дисплее не появится `PIN>`.
help-dsc-plus-3 = Введите PIN из 4 цифр и нажмите `OK`.
help-dsc-plus-4 = Когда на дисплее появится `CHALLNG>`, введите 6 цифр кода запроса и нажмите `OK`.
help-dsc-plus-5 = На дисплее появится ответ из 8 цифр.
help-dsc-plus-6 = Введите его в поле «Ответ» без пробела и нажмите «Войти».
help-dsc-plus-picture = Карта с дисплеем, на котором «PIN>», клавишей «press», цифрами от 0 до 9 и клавишами C и OK.
help-wrong-pin = Как выглядит неверный PIN
help-wrong-pin-words = Карта никогда не говорит, что PIN неверен. Она показывает ответ как всегда, а страница входа пишет «Вход не выполнен». Поэтому нашедший карту не сможет подбирать на ней PIN.
help-device-trouble = Если что-то не работает
help-dsc-plus-touch = Клавиши нужно нажимать: это не сенсорный экран.
help-dsc-plus-clear = `C` стирает введённое. Видна только последняя цифра PIN, остальные показаны чёрточками.
help-dsc-plus-off = Если дисплей погас, начните снова с `press`. Код запроса на странице не меняется, пока не вышло время.
help-dsc-plus-again = Если время вышло, войдите снова. Вы получите новый код запроса; старый больше не действует.

help-dsc-title = Как пользоваться Digital Security Card
help-dsc-about = Карта показывает код, который меняется каждые 30 секунд. Кода запроса нет.
help-dsc-1 = Держите `press` около двух секунд, пока на дисплее не появится `[`.
help-dsc-2 = Введите PIN из 4 цифр. Видна только последняя цифра; `C` стирает.
help-dsc-3 = Нажмите `OK`. На дисплее появится код из 6 цифр.
help-dsc-4 = Введите его в поле «Код устройства» в течение 30 секунд и нажмите «Войти». Каждый код действует один раз.
help-wrong-passcode-pin-words = Карта никогда не говорит, что PIN неверен. Она показывает код как всегда, а страница входа пишет «Вход не выполнен».
help-legacy = Это устройство больше не выдаётся. То, что есть у вас, продолжает работать.

help-gold-title = Как пользоваться Gold Device
help-gold-about = Устройство показывает код, который меняется каждые 30 секунд. PIN у него нет.
help-gold-1 = Нажмите кнопку. На дисплее появится код из 6 цифр.
help-gold-2 = Введите его в поле «Код устройства».
help-gold-3 = Нажмите «Войти».
help-gold-late = Если код не принят, дождитесь следующего. Он мог смениться, пока вы печатали.
help-gold-once = Каждый код действует один раз. Для второго входа дождитесь следующего.

help-platinum-title = Как пользоваться Platinum Device
help-platinum-about = Устройство превращает код запроса в ответ. PIN у него нет.
help-platinum-1 = Держите `press`, пока на дисплее не появится `CHALLNG>`.
help-platinum-2 = Введите код запроса со страницы входа и нажмите `OK`.
help-platinum-3 = Введите ответ из 8 цифр в поле «Ответ» и нажмите «Войти».

help-card-title = Как пользоваться Security Code Card
help-card-about = Печатная карта с пронумерованными значениями. В каждом три буквы или цифры.
help-card-picture = Карта с номерами. Страница входа спрашивает номера 100 и 50. Под номером 50 стоит Z3V, под номером 100 стоит A3D, поэтому вводится A3DZ3V.
help-card-caption = Пример: спрашиваются номера 100 и 50. Под номером 100 стоит A3D, под номером 50 стоит Z3V. Вы вводите A3DZ3V.
help-card-1 = Страница входа показывает два числа. Это номера на вашей карте.
help-card-2 = Найдите первый номер и прочитайте три знака рядом с ним.
help-card-3 = Найдите второй номер и прочитайте его три знака.
help-card-4 = Введите все шесть знаков в поле «Значения с карты» в этом порядке и без пробела. Нажмите «Войти».
help-card-know = Полезно знать
help-card-same = Пока вы не ответите, спрашиваются те же два номера. Обновление страницы ничего не меняет.
help-card-spent = Использованное значение больше не действует. Когда значений не останется, карта закончится.
help-card-never = Мы спрашиваем по два значения за раз и только на странице входа. Никогда не читайте карту вслух и не фотографируйте её.
help-card-lost = Потеряли карту? Войдите с другим устройством или позвоните в службу безопасного входа.

## Подтверждение того, что не является входом

confirm-authentication = Подтвердите, что это вы
confirm-withdrawal = Подтвердите вывод средств
confirm-card-payment = Подтвердите платёж по карте
confirm-card-preauthorisation = Разрешите крупную покупку
confirm-asks = { $client } просит вас это подтвердить.
confirm-to = Кому
confirm-to-account = Счёт получателя
confirm-from = Со счёта
confirm-reference = Назначение
confirm-merchant = Продавец
confirm-card = Карта
confirm-window = Для одной покупки в течение
confirm-window-minutes =
    { $n ->
        [one] { $n } минуты
        [few] { $n } минут
       *[other] { $n } минут
    }
confirm-guard-withdrawal = Этот код запроса начинается с 8 или 9, а его последние три цифры совпадают с последними тремя цифрами счёта получателя выше. Если нет – откажите.
confirm-guard-payment = Код запроса для платежа начинается с 8 или 9. Если этот начинается иначе – откажите.
confirm-approve-guard = Сравните то, что показывает телефон, с тем, что написано здесь. Если вы начали это не сами – откажите.
confirm-button = Подтвердить
confirm-decline = Отказать
confirm-decline-words = Если вы начали это не сами – откажите. Тогда ничего не произойдёт.
confirm-back = Вернуться: { $client }
confirm-back-settings = Вернуться к настройкам
confirm-ended-told = Подтверждено
confirm-ended-told-advice = Программа, которая спрашивала, об этом узнала. Страницу можно закрыть.
confirm-ended-denied = Отказано
confirm-ended-denied-advice = Вы отказали. Ничего не отпущено.
confirm-ended-expired = Время вышло
confirm-ended-expired-advice = Это не было подтверждено вовремя. Ничего не отпущено.
confirm-ended-answered = Ответ уже дан
confirm-ended-answered-advice = На каждый запрос можно ответить один раз.
confirm-ended-too-many-advice = Запрос прекращён, ничего не отпущено. Неверный PIN выглядит как неверный ответ: проверьте PIN.
settings-waiting = Ждёт вашего ответа
settings-waiting-words =
    { $n ->
        [one] { $n } запрос ждёт вашего подтверждения. Если начали его не вы – откажите.
        [few] { $n } запроса ждут вашего подтверждения. Если начали их не вы – откажите.
       *[other] { $n } запросов ждут вашего подтверждения. Если начали их не вы – откажите.
    }
settings-waiting-left =
    { $n ->
        [one] ждёт ещё { $n } минуту
        [few] ждёт ещё { $n } минуты
       *[other] ждёт ещё { $n } минут
    }
settings-waiting-review = Посмотреть
activity-user-code-changed = Изменён код, который вы называете программам
activity-backchannel-asked = Программа попросила подтверждения
activity-backchannel-refused = Программа попросила подтверждения и получила отказ
activity-backchannel-redeemed = Программа узнала о вашем подтверждении
notice-asked = { $client } просит вас кое-что подтвердить. Запрос ждёт по адресу { $address }: откройте этот адрес сами и войдите. Если начали это не вы – откажите там.
notice-not-my-operation = Вы сообщили о запросе, который начали не вы. В нём отказано. Позвоните в службу безопасного входа{ $desk }.

qr-label = QR-код для сканирования телефоном
login-scan = Войти по QR-коду
login-scan-words = Откройте приложение на телефоне ({ $device }), выберите «Сканировать код» и наведите камеру на этот код. Дальше страница продолжит сама.
login-offline = Войти по запросу и ответу
invite-title = Активировать мобильное приложение
invite-open = Откройте { $address } на телефоне и, если хотите, установите приложение.
invite-scan = Выберите «Аутентификация», затем «Сканировать код» и наведите камеру на этот код.
invite-follow = Придумайте PIN или выберите проверку лица либо отпечатка на телефоне. Эта страница сообщит об успехе.
invite-id = Номер сеанса
invite-type = Нет камеры? Введите вместо этого имя пользователя { $name } и этот номер сеанса.
invite-guard = Тот, кто отсканирует этот код, сможет подтверждать входы и платежи от вашего имени. Никому его не показывайте.
invite-used = Телефон воспользовался этим кодом. Когда он станет активным, вы увидите его среди своих устройств.
invite-over = Время этого кода вышло.
invite-none = Код для камеры телефона позволяет активировать его без ещё одного пароля или сообщения.
invite-stale = С вашего входа прошло больше 20 минут. Войдите ещё раз, чтобы добавить телефон.
invite-login = Войти ещё раз
invite-make = Показать код
invite-again = Показать новый код
invite-back = Назад к настройкам
invite-help = Справка
activity-invitation-made = Показан код для активации мобильного приложения
