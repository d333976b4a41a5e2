-- A contact: a hash of `v` (its version, raised by every write), `blob` (the packed profile), `seen` and `page`.
-- Writers give the version that they read; whoever was overtaken reads again.
local function create_thread(meta, epoch)
  redis.call('HSET', meta, 'status', 'open', 'epoch', epoch, 'cb', 0, 'ab', 0)
  redis.call('PERSIST', meta)
end

local function write_contact(contact, version, blob)
  redis.call('HSET', contact, 'v', version, 'blob', blob)
end
