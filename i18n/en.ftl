# Countersign, English. Every string a person sees; code and templates hold only the keys.
# ru.ftl carries the same keys with the same arguments (a test checks).

### Product

product-name = Countersign

### Native login (countersign-client login)

### Hosted pages
