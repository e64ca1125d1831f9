// What the requests about unit keys share. Seen by gateway/admin/ alone.
//
// Thread safety: pure functions over what they are given.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "gateway/admin/noun.h"

namespace kerros::admin {

Json to_json(const keystore::UnitKeyInfo& key);

// By name or id; kNotFound.
Result<keystore::Id> unit_named(const Context& context, const std::string& text);
// What `unit` or `all` names; kMalformed when it is neither or both.
Result<std::vector<keystore::Id>> units_asked(const Context& context);

std::string target_of(const keystore::UnitKeyInfo& key);  // of audit records

// Writes the intent, makes the change, writes how it went; the change may add details.
Status change_recorded(const Context& context, audit::Event event, const std::string& target,
                       const std::function<Status(audit::Record&)>& change);
// With dry-run: that somebody looked.
Status looked_recorded(const Context& context, audit::Event event, const std::string& target);

}  // namespace kerros::admin
