// The pages of the tenant hosts that need no token but their own URL.
//
// Thread safety: called by many threads; each takes the store's lock itself.
#pragma once

#include "tools/sandbox/exchange.h"
#include "tools/sandbox/query.h"

namespace kerros::sandbox {

Reply monitor_page(Exchange& exchange, const Query& query);
Reply thumbnail_page(Exchange& exchange, const Query& query);
Reply transform_page(Exchange& exchange, const Query& query);
Reply preview_page(Exchange& exchange, const Query& query);

// The claims of the URL's tempauth, if it was issued for that use. Throws Refusal 401.
nlohmann::json check_tempauth(Exchange& exchange, const Query& query, const std::string& use);

}  // namespace kerros::sandbox
