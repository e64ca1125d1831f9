// What bringing back an older version and bringing back a deleted item have in common.
//
// Thread safety: one coroutine. Errors: Refused, Relayed.
#pragma once

#include <string>

#include "gateway/io/exchange/exchange.h"

namespace kerros::io {

net::awaitable<void> restore_version(Exchange& x);  // restore_version.cc

struct RestoreAnswer {
  graph::ResponseHead head;
  std::string body;
};
// The request itself, with what of its body was read and found harmless.
net::awaitable<RestoreAnswer> pass_restore(Exchange& x, std::string body);

// On record before upstream is asked, and after.
net::awaitable<std::uint64_t> intend_restore(Exchange& x, audit::Event event,
                                             const std::string& target, const std::string& key);
void record_restore(const Exchange& x, audit::Event event, const std::string& target,
                    std::uint64_t intent, unsigned status);

}  // namespace kerros::io
