// What is asked of the proxy door before any tunnel, and its short answers.
//
// Every answer but the one that opens a tunnel ends its connection, so that nothing of a request
// can be taken for the next one.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "crypto/result.h"
#include "gateway/graph/head.h"

namespace kerros::io {

// A head as it was received, its empty line included. kMalformed for what is not one request of
// HTTP/1.0 or 1.1 in one reading: continued lines, two Host fields, any framing of a body.
Result<graph::RequestHead> parse_proxy_request(std::string_view head);

inline constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";

// The whole answer, its sentence as plain text.
std::string proxy_answer(unsigned status, std::string_view sentence, graph::Fields fields = {});
std::string pac_answer(std::string_view pac);

}  // namespace kerros::io
