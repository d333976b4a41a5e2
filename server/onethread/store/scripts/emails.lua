-- Finds who has these e-mails, newest first.
-- idempotent: yes
-- include: search
--
-- Atomic: all are of one moment.
--
-- KEYS  contacts
-- ARGV  how many of each, terms of e-mails…
-- gives for each e-mail a list of contact ids
local contacts, found = KEYS[1], {}
for i = 2, #ARGV do
  local key, least = kept_at(contacts, '', ARGV[i], '')
  local members = redis.call('ZRANGE', key, '(' .. least .. '\255', '[' .. least, 'BYLEX', 'REV', 'LIMIT', 0, ARGV[1])
  local ids = {}
  for _, member in ipairs(members) do
    local order = text_of_order(order_of(member))
    ids[#ids + 1] = redis.call('ZRANGE', contacts, order, order, 'BYSCORE')[1]
  end
  found[i - 1] = ids
end
return found
