/** A configuration with something of everything. */
export const SHOP_LOGGING = `version: 1
formatters:
  line: { format: '%(levelname)s %(message)s' }
filters:
  shop: { name: shop }
  production: { '()': django.utils.log.RequireDebugFalse }
handlers:
  console: { class: logging.StreamHandler, formatter: line, level: WARNING }
  file: { class: logging.handlers.RotatingFileHandler, filename: "\${LOG_DIR:-/var/log}/shop.log", maxBytes: 1000, backupCount: 2 }
  memory: { class: logging.handlers.MemoryHandler, capacity: 10, target: file, filters: [production] }
  mail:
    class: logging.handlers.SMTPHandler
    mailhost: mail
    fromaddr: a@example.com
    toaddrs: [b@example.com]
    subject: failed
    credentials: [me, hunter2]
    level: CRITICAL
    filters: [shop]
loggers:
  shop.orders: { level: DEBUG, handlers: [memory], propagate: false }
  shop.orders.audit: {}
  web: { level: ERROR, filters: [shop] }
root: { level: INFO, handlers: [console, mail] }
`;
