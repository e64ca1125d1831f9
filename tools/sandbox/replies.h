// Replies in the manner of the service: JSON, errors, redirects.
//
// Thread safety: pure but for the clock.
#pragma once

#include <string>

#include "tools/sandbox/exchange.h"
#include "tools/sandbox/refusal.h"

namespace kerros::sandbox {

Reply json_reply(Exchange& exchange, unsigned status, const Json& body);
Reply empty_reply(unsigned status);
// The Graph host writes "innerError", the tenant hosts "innererror".
Reply error_reply(Exchange& exchange, const Refusal& refusal, bool on_tenant);
// The correlation headers that every answer carries.
void add_request_ids(Exchange& exchange, Reply& reply);

// 429 and 503 as the switch "throttle" wants them, 401 as "cae" does, any status as "fail" does.
std::optional<Reply> reply_by_switch(Exchange& exchange, bool on_tenant);
// The switch 5xx.effective: what was done stays done, but the answer says otherwise.
void spoil_effective(Exchange& exchange, Reply& reply, bool on_tenant);

}  // namespace kerros::sandbox
