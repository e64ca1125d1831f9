// A JSON answer of upstream's as the client may see it.
//
// What is new about a record is noted in the exchange: see sightings.h.
//
// Thread safety: one coroutine. Errors: Refused, for what is no JSON, could be read in two ways or
// is too large, and when the store cannot be read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/graph/rewrite_item.h"
#include "gateway/graph/select.h"
#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// Sizes and hashes of sealed items, download URLs and links are ours then, every other octet is
// upstream's. `widened` is what was asked for beyond the client's wish; `columns` is for an answer
// that is itself the fields of one list item.
std::string rewrite_json(Exchange& x, std::string_view json,
                         const graph::WidenedSelect& widened = {},
                         std::optional<graph::ItemEdit> columns = std::nullopt);

}  // namespace kerros::io
