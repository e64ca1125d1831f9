// What this request names (policy/places.h), and which records that is.
//
// Thread safety: pure functions.
#pragma once

#include <span>
#include <string_view>

#include "gateway/io/exchange/exchange.h"
#include "gateway/policy/places.h"

namespace kerros::io {

// The decided place, with the item id that the URL spells; without one where it spells none.
policy::Place addressed(const Exchange& x, policy::Place decided);

// Whether one of the places is where the record says that its item lies.
bool is_addressed(std::span<const policy::Place> named, const keystore::Binding& record);

// Refused(kMalformedRequest) for a name that would be a path.
void require_name(std::string_view name);

}  // namespace kerros::io
