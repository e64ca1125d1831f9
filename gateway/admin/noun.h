// What the nouns behind the admin socket share. Seen by gateway/admin/ alone.
//
// Thread safety: pure functions over what they are given.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "gateway/admin/operations.h"

namespace kerros::admin {

using Json = nlohmann::ordered_json;  // fields in the order a reader wants them

struct Context {
  const Request& request;
  const Peer& peer;
  const Config& config;
  Installation& installation;
  const Running* running;
};

Result<Json> list_items(const Context& context);
Result<Json> show_item(const Context& context);
Result<Json> accept_item(const Context& context);
Result<Json> list_keys(const Context& context);
Result<Json> key_usage(const Context& context);
Result<Json> rotate_keys(const Context& context);
Result<Json> rewrap_keys(const Context& context);
Result<Json> retire_keys(const Context& context);
Result<Json> destroy_keys(const Context& context);
Result<Json> status(const Context& context);
Result<Json> read_log(const Context& context);
Result<Json> verify_log(const Context& context);
Result<Json> lint_log(const Context& context);
Result<Json> annotate_record(const Context& context);
Result<Json> hold_case(const Context& context);
Result<Json> list_cases(const Context& context);
Result<Json> release_case(const Context& context);
Result<Json> record_proxy_change(const Context& context);

inline constexpr std::uint64_t kLintedAtOnce = 100'000;

// Which records of the log a request asks for. kMalformed.
Result<audit::Filter> filter_of(const Request& request);

// Query options; absent ones are empty or the default. kMalformed names the option.
std::string option(const Request& request, const std::string& name);
Result<std::uint64_t> number_option(const Request& request, const std::string& name,
                                    std::uint64_t otherwise, std::uint64_t most);

// Writes who asked for what, durably, before it is answered; where that stands in the log.
Result<std::uint64_t> record_reading(const Context& context, audit::Event event,
                                     const std::string& target);
// A record of something that the peer does, to be completed and appended.
audit::Record record_of(const Context& context, audit::Event event, const std::string& target);
// Appends and waits; where the record stands.
Result<std::uint64_t> append(const Context& context, audit::Record record);

Json time_or_null(std::uint64_t unix_ms);

}  // namespace kerros::admin
