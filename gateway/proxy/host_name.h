// Host names as TLS and HTTP use them: whether one falls under a pattern, whether it is an address.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kerros::proxy {

// "graph.microsoft.com" is itself; "*.sharepoint.com" is every host below sharepoint.com, at any
// depth, and not sharepoint.com. Compared without case and on label boundaries, so that
// "evilsharepoint.com" and "sharepoint.com.example" do not match. One dot at the very end of `host`
// (the DNS root) is ignored: both spellings lead to the same machine.
bool host_matches(std::string_view pattern, std::string_view host);
bool host_matches_any(const std::vector<std::string>& patterns, std::string_view host);

// An IPv4 or IPv6 literal, the latter with or without brackets. Also what resolvers take for an
// IPv4 address: "127.1", "0x7f000001", "2130706433".
bool is_address_literal(std::string_view host);

// Letters, digits, '-', '.' and '_' in labels of 1 to 63 octets, 253 in all; a final dot allowed.
bool is_dns_name(std::string_view host);

// A DNS name that a certificate can hold (RFC 5280 4.2.1.6): no '_', no final dot.
bool is_certifiable(std::string_view host);

std::string lower(std::string_view text);  // ASCII

}  // namespace kerros::proxy
