// What an ordinary upload does to the registry.
#pragma once

#include <string_view>
#include <vector>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

// An item that was sealed here before was given ordinary content through us: legitimately, so its
// sealed versions are superseded and reads take the new bytes. A failure answers 503 although
// upstream has them; the client's repetition heals it.
//
// `named`: what the request addressed (addressed.h). Records of any other item that the answer
// names stay as they are: that is on record, and the item reads as downgraded, should it really
// hold other bytes now, until a person accepts them.
net::awaitable<void> supersede_sealed(Exchange& x, std::string_view answer_json,
                                      std::vector<policy::Place> named);
// The same for an item that is named.
net::awaitable<void> supersede_item(Exchange& x, std::string drive_id, std::string item_id);

}  // namespace kerros::io
