#include "gateway/io/exchange/own_links.h"

#include <algorithm>

#include "gateway/proxy/host_name.h"
#include "gateway/sharepoint/tenant_target.h"

namespace kerros::io {

namespace {

// Whether connections to a host are opened here.
bool comes_to_us(const Exchange& x, std::string_view host) {
  return x.now->proxy != nullptr && x.now->proxy->intercepts(host);
}

}  // namespace

std::string own_host(const Exchange& x, std::string_view upstream_url) {
  if (!x.front.is_intercepted()) return x.front.public_host;
  const auto url = parse_upstream_url(upstream_url);
  const bool comes_here = url && comes_to_us(x, url->host);
  return comes_here ? url->host : x.front.public_host;
}

std::string own_link(const Exchange& x, std::string_view url) {
  if (x.front.is_intercepted()) return std::string(url);
  const std::size_t fragment = std::min(url.find('#'), url.size());  // contexts have one
  const auto parsed = parse_upstream_url(url.substr(0, fragment));
  if (!parsed || !is_content_host(x.config().upstream, parsed->host)) return std::string(url);
  const std::string path = graph_path_of(x, *parsed);
  if (path.empty()) return std::string(url);
  return "https://" + x.front.public_host + path + std::string(url.substr(fragment));
}

// Answers to uploads come from the tenant's host and name it in their context.
std::string graph_path_of(const Exchange& x, const UpstreamUrl& url) {
  const bool at_graph = proxy::host_matches(x.config().upstream.graph_host, url.host) ||
                        (x.front.kind == sharepoint::HostKind::kGraph &&
                         proxy::host_matches(x.front.upstream_host, url.host));
  return at_graph ? url.target : sharepoint::graph_path(url.target);
}

std::optional<OwnUploadUrl> parse_own_upload(const Exchange& x, std::string_view url) {
  constexpr std::string_view kScheme = "https://";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  const std::size_t path = std::min(url.find('/'), url.size());
  const std::string_view host = url.substr(0, path);
  OwnUploadUrl own{"", url.substr(path)};
  if (names(x.front, host))
    own.host = x.front.public_host;
  else if (x.front.is_intercepted() && comes_to_us(x, host))
    own.host = proxy::lower(host);
  else
    return std::nullopt;
  if (!own.token.starts_with(graph::kOwnUploadPath)) return std::nullopt;
  own.token.remove_prefix(graph::kOwnUploadPath.size());
  return own;
}

}  // namespace kerros::io
