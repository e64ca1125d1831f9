// What is to be said of the items of an answer, from what the registry knows of them.
//
// A size that nobody can tell is not shown: an item without ids, and a version in no record, lose
// theirs when it could be that of a sealed file.
//
// Thread safety: one coroutine. Errors: Refused, when the store cannot be read.
#pragma once

#include <vector>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// What is new about a record is noted: see sightings.h. In the order of `items`; a drive that an
// item does not name is filled in where the request does.
std::vector<graph::ItemEdit> edits_for(Exchange& x, std::vector<graph::FoundItem>& items);

}  // namespace kerros::io
