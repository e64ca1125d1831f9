// What a request itself names: the only items whose records its answer may change.
//
// Answers name items too, and a hostile cloud names whichever it likes. So an id counts where the
// URL spells it, and a path where the record's own last known place is that path. An address that
// spells no drive (me/drive) leaves it to upstream which one it is.
//
// Thread safety: pure functions.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// The decided place, with the item id that the URL spells; without one where it spells none.
policy::Place addressed(const Exchange& x, policy::Place decided);

// Where a file may end for which address and body tell a name each: at the address, under the other
// name beside it, or in it as in a folder. A name that is already the address's own adds nothing.
std::vector<policy::Place> readings(const policy::Place& address, std::string_view name);

// Whether one of the places is where the record says that its item lies.
bool is_addressed(std::span<const policy::Place> named, const keystore::Binding& record);

// "/A" of "/A/b.txt", empty for what lies in the root.
std::string_view folder_of(std::string_view path);

// Refused(kMalformedRequest) for a name that would be a path.
void require_name(std::string_view name);

}  // namespace kerros::io
