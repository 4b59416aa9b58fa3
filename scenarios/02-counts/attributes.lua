-- An attribute is a reference from the instance; it goes when the instance goes.
scenario "counts through attributes"

local Node = class "Node"

step "an attribute adds one"
payload = list { 1, 2, 3 }
node = Node {}
node.payload = payload
expect_refcnt(payload, 2)
expect_refcnt(node, 1)                  -- payload does not point back

step "two attributes are two references"
node.spare = payload
expect_refcnt(payload, 3)
node.spare = nil                        -- Python's: del node.spare
expect_refcnt(payload, 2)
expect_error("AttributeError", function() return node.spare end)

step "a new value for the attribute releases the old one"
node.payload = None
expect_refcnt(payload, 1)

step "when the instance dies, so do its references"
node.payload = payload
other = Node { payload = payload }
expect_refcnt(payload, 3)
del "node"
expect_refcnt(payload, 2)
del "other"
expect_refcnt(payload, 1)
