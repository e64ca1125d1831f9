// What a request itself names: the only items whose records its answer may change, and the only
// places where its file may end.
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

#include "gateway/graph/target.h"
#include "gateway/policy/decide.h"

namespace kerros::policy {

// Whether the address names its item by an id. "root", "special:..." and "nav:..." are none:
// upstream says what they lead to.
bool spells_id(const graph::ItemAddress& item);

// The decided place, with the item id that the address spells; without one where it spells none.
Place addressed(const graph::ItemAddress& item, Place decided);

// Whether one of the places is the one where a record says that its item lies. An id outweighs a
// path; a record that does not know its path is at none.
bool is_addressed(std::span<const Place> named, const Place& recorded);

// Where a file may end for which address and body tell a name each: at the address, under the other
// name beside it, or in it as in a folder. A name that is already the address's own adds nothing.
std::vector<Place> ends_of(const Place& address, std::string_view name);

// A session that waits for its commit: where it was to end, and the name that its own body told.
struct Kept {
  Place place;
  std::string_view name;
};
// Where its file may end when it is committed at an address, under a name: upstream takes the
// folder from the address, which is the file itself or the folder it goes into, or leaves it in
// that of the session; and the name from any of those.
std::vector<Place> ends_of(const Place& address, std::string_view name, const Kept& session);

// Whether a rule matches, or could: a place that does not say enough counts as protected.
bool may_be_protected(const Rules& rules, const Place& place);

// The first end that a rule protects, whichever upstream takes; the address itself where none is.
Place deciding_end(const Rules& rules, const Place& address, std::string_view name);

}  // namespace kerros::policy
