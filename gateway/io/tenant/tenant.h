// The road of a request to a tenant's own host, or to another one beside Graph.
//
// The drive API there is Graph's and takes Graph's roads. Of everything else the route table says
// what becomes of it in a protected place: the content of one file is opened, what holds none
// passes, what would carry content past the sealing is refused. Before anything is refused or
// passed for its place, upstream is asked for that place with the caller's own rights; where it
// cannot be asked, a request that writes is refused as soon as any rule is in force.
//
// A URL that is its own right (tempauth, share) and a caller who shows no token get no plaintext:
// the answer passes as it is, unless it begins like a sealed file.
//
// Thread safety: one coroutine. Errors: Refused, Relayed.
#pragma once

#include "gateway/io/exchange/exchange.h"
#include "gateway/io/exchange/place.h"
#include "gateway/sharepoint/place_question.h"

namespace kerros::io {

// Reads the head as one of the tenant's and keeps what it means in the exchange.
void identify_tenant(Exchange& x);

// What classify_tenant could not give to Graph's roads.
net::awaitable<void> serve_tenant(Exchange& x);

// --- place.cc ---
struct Standing {
  enum class Kind : std::uint8_t { kOrdinary, kProtected, kUnknown } kind = Kind::kUnknown;
  policy::Place place;  // when known
};
// The item that upstream has there, as it tells this caller; exists = false when there is none.
net::awaitable<Identity> item_at(Exchange& x, const sharepoint::PlaceQuestion& question);
// The same, and for what does not exist yet the nearest folder above it.
net::awaitable<Standing> standing_of(Exchange& x, const sharepoint::PlaceQuestion& question);

// --- pass.cc ---
enum class Watch : bool { kNo = false, kSealed = true };
// The request and its answer as they are, bodies streamed. With kSealed an answer that begins like
// a sealed file is refused.
net::awaitable<void> pass_tenant(Exchange& x, Watch watch);

// --- read.cc ---
net::awaitable<void> read_tenant(Exchange& x);

}  // namespace kerros::io
