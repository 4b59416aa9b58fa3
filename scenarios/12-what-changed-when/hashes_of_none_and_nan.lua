-- None hashes by its address up to 3.11 and to one number since; with nan it is the other
-- way round.
scenario "two odd hashes"

-- By its address, None had another hash in each run, and so had every tuple with a None
-- in it: sets of these came in another order each time.
step "None: from 3.12 on 4238894112, in every run and on every machine"
local fixed = heap.profile.none_hash
expect_eq(hash(None) == 4238894112, fixed ~= 0)
expect_eq(hash(None), hash(None))

step "nan is equal to nothing, not even to itself: two of them are two elements"
a = float(0 / 0)
b = float(0 / 0)
expect_eq(eq(a, b), false)
both = set { a, b }
expect_eq(#both, 2)

-- When all nans hash to 0, a set of a thousand searches through up to a thousand for
-- each.  From 3.10 on each hashes by its address.
step "their hashes: both 0 up to 3.9, different later"
expect_eq(hash(a) == hash(b), not heap.profile.nan_hash_by_address)
expect_eq(hash(a) == 0, not heap.profile.nan_hash_by_address)
