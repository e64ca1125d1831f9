// Header fields of what passes the tenant's hosts as it is: all but those of one connection.
//
// These requests and answers are not ours to understand, so there is no list of what may pass. One
// field of answers would lead clients around the gateway and goes: Alt-Svc.
// Thread safety: pure functions. Source: RFC 9110 7.6.1.
#pragma once

#include "gateway/graph/head.h"

namespace kerros::sharepoint {

// Framing is left to whoever sends; Host and Expect are a matter of each hop.
graph::Fields passed_to_upstream(const graph::Fields& client);
graph::Fields passed_to_client(const graph::Fields& upstream);

}  // namespace kerros::sharepoint
