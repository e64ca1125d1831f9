// client.svc/ProcessQuery: a program in XML, answered by an array in JSON.
//
// Real enough to be passed or refused: the envelope is checked, and a file that is saved by base64
// inside it is kept in the caller's own drive, where a test would find it.
#include "tools/sandbox/commit.h"
#include "tools/sandbox/ids.h"
#include "tools/sandbox/office_call.h"
#include "tools/sandbox/refusal.h"
#include "tools/sandbox/replies.h"
#include "tools/sandbox/rest_calls.h"

namespace kerros::sandbox {
namespace {

constexpr std::size_t kLargestQuery = 2 * 1024 * 1024;

Reply answer(OfficeCall& call, const Json& error) {
  const std::string trace = random_guid();
  Json out = Json::array();
  out.push_back({{"SchemaVersion", "15.0.0.0"},
                 {"LibraryVersion", "16.0.0.0"},
                 {"ErrorInfo", error},
                 {"TraceCorrelationId", trace}});
  return json_reply(call.exchange, 200, out);
}

// The text of the first element of that name.
std::string element(const std::string& xml, const std::string& open, const std::string& close) {
  const auto at = xml.find(open);
  if (at == std::string::npos) return {};
  const auto begin = xml.find('>', at) + 1;
  const auto end = xml.find(close, begin);
  return end == std::string::npos ? "" : xml.substr(begin, end - begin);
}

void keep(OfficeCall& call, const std::string& path, const std::string& bytes) {
  const auto lock = call.store().lock();
  const ServerPlace place = reach(call, find_server_path(call.store(), call.host(), path));
  Arrived arrived = no_bytes(call);
  std::filesystem::remove(arrived.file);
  std::FILE* file = std::fopen(arrived.file.c_str(), "wb");
  if (file == nullptr) throw Refusal(507, "quotaLimitReached", "The body cannot be stored");
  std::fwrite(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
  QuickXor hash;
  hash.update(bytes);
  arrived.size = bytes.size();
  arrived.hash = hash.base64_digest();
  store_file(call, place, arrived);
}

}  // namespace

Reply serve_csom(OfficeCall& call) {
  if (call.exchange.head.method != "POST") {
    throw Refusal(405, "notSupported", "The method is not allowed here");
  }
  if (!call.header("Content-Type").starts_with("text/xml")) {
    throw Refusal(415, "notSupported", "Only XML is accepted here");
  }
  check_digest(call);
  const std::string xml = read_text(call.exchange, kLargestQuery);
  const bool is_query =
      xml.find("<Request ") != std::string::npos &&
      xml.find("http://schemas.microsoft.com/sharepoint/clientquery/2009") != std::string::npos &&
      xml.find("</Request>") != std::string::npos;
  if (!is_query) {
    return answer(call,
                  {{"ErrorMessage", "The request is not a query."},
                   {"ErrorCode", -1},
                   {"ErrorTypeName", "Microsoft.SharePoint.Client.InvalidClientQueryException"}});
  }
  const std::string path = element(xml, "<Parameter Type=\"String\"", "</Parameter>");
  const auto bytes = from_base64(element(xml, "<Parameter Type=\"Base64Binary\"", "</Parameter>"));
  if (!path.empty() && bytes && !bytes->empty()) keep(call, path, *bytes);
  return answer(call, nullptr);
}

}  // namespace kerros::sandbox
