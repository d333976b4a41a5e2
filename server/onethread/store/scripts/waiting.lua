-- Tells how it stands with a webhook.
-- idempotent: yes
--
-- Atomic: all of it is of one moment.
--
-- KEYS  what the webhook's keys begin with (lib/outbox.lua)
-- gives {threads that have something to be told, how many were given up, when something was last told ("" for never),
--       when something was last not told, why}
local hook = KEYS[1]
local state = redis.call('HMGET', hook .. ':state', 'told', 'failed', 'why')
return {redis.call('ZCARD', hook .. ':due'), redis.call('ZCARD', hook .. ':dead'), state[1] or '', state[2] or '',
  state[3] or ''}
