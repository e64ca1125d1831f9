// The place of a stored file as upstream's final answer tells it, against what was decided.
//
// A folder can be moved between the decision and the commit. The bytes are stored then, and
// nothing can be taken back: the log says so, for a person to look at. The record keeps the class
// of the rule whose key sealed the file; the next write gets that of the new place.
//
// Thread safety: one coroutine.
#pragma once

#include <string_view>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// Whether upstream tells a place of another class.
bool lies_elsewhere(const Exchange& x, const graph::FoundItem& item, std::string_view decided);

// `decided`: the class that the file was sealed for; empty when it was passed as an ordinary one.
void note_final_place(const Exchange& x, const graph::FoundItem& item, std::string_view decided);

}  // namespace kerros::io
