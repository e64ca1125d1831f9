// PATCH and DELETE of an item: on record before they happen when it was sealed here, and followed
// by the registry. A rename or a move must not bring ordinary files into a protected place; a move
// to another drive may give the item another id, so it leaves an intent.
//
// Thread safety: one coroutine. Errors: Refused, Relayed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

struct ItemChange {
  audit::Event event = audit::Event::kItemChanged;
  std::string target;  // for the log
  std::string key;     // of the newest version
  std::uint64_t intent = 0;
  policy::Place named;       // what the request addressed: addressed.h
  graph::ItemRequest asked;  // what is to change
  std::vector<keystore::Intent> moves;
};

// Nothing for other requests, and for items that were never sealed here.
net::awaitable<std::optional<ItemChange>> intend_change(Exchange& x, const std::string& body);
net::awaitable<void> settle_change(Exchange& x, ItemChange change, unsigned status,
                                   const std::string& answer);

// After a check-in the newest version is published, so that an older one is a rollback from then
// on; after a discarded checkout the version before it is the newest again.
net::awaitable<void> note_checkout_ended(Exchange& x);

}  // namespace kerros::io
