// What an ordinary upload does to the registry.
#pragma once

#include <string_view>

#include "gateway/io/exchange.h"

namespace kerros::io {

// An item that was sealed here before was given ordinary content through us: legitimately, so its
// sealed versions are superseded and reads take the new bytes. A failure answers 503 although
// upstream has them; the client's repetition heals it.
net::awaitable<void> supersede_sealed(Exchange& x, std::string_view answer_json);
// The same for an item that is named.
net::awaitable<void> supersede_item(Exchange& x, std::string drive_id, std::string item_id);

}  // namespace kerros::io
