# Countersign по-русски. Ключи и аргументы те же, что в en.ftl (проверяется тестом).

### Продукт

product-name = Countersign

### Вход из программы (countersign-client login)

### Страницы входа
