// Reading a sealed file that no record of the item describes: by the prefix that it begins with.
//
// Thread safety: one coroutine. Errors: Refused, Relayed.
#pragma once

#include <functional>

#include "crypto/header.h"
#include "gateway/io/exchange/exchange.h"
#include "gateway/io/registry/wanted.h"

namespace kerros::io {

// `response` served `begun`, which begins like a sealed file, for an item without a record that
// says so: a version whose final answer was lost is opened and bound, a file that was asked for
// here is followed (registry.h), everything else is refused.
net::awaitable<void> read_unbound(Exchange& x, const Wanted& wanted, Upstream::Response& response,
                                  ByteView begun);

// The rest of a file whose prefix was read already, opened whole. A pending version is bound by
// `bind`. Put on record before the first byte leaves.
using BindWhole = std::function<net::awaitable<void>(keystore::Binding)>;
net::awaitable<void> send_whole_file(Exchange& x, const Wanted& wanted,
                                     Upstream::Response& response,
                                     const keystore::ItemRecord& record,
                                     const crypto::Prefix& prefix, const BindWhole& bind);

}  // namespace kerros::io
