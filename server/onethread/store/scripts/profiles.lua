-- Reads contacts of a shard with their devices.
-- idempotent: yes
-- include: devices
--
-- Atomic: all are of one moment.
--
-- KEYS  prefix of the shard
-- ARGV  now, suffixes that the contacts' and their threads' ids share…
-- gives for each {version, blob, last seen ("" for never), devices}; {} for one that is not stored, or was carried
local profiles = {}
for i = 2, #ARGV do
  local contact = redis.call('HMGET', KEYS[1] .. 'contact:ct_' .. ARGV[i], 'v', 'blob', 'seen')
  local thread = KEYS[1] .. 'th_' .. ARGV[i]
  if not contact[1] or redis.call('HEXISTS', thread .. ':meta', 'moved') == 1 then
    profiles[i - 1] = {}
  else
    local devices = devices_of(thread .. ':devices', online_now(thread .. ':online', ARGV[1]))
    profiles[i - 1] = {tonumber(contact[1]), contact[2], contact[3] or '', devices}
  end
end
return profiles
