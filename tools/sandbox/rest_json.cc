#include "tools/sandbox/rest_json.h"

#include "tools/sandbox/encoding.h"
#include "tools/sandbox/replies.h"

namespace kerros::sandbox {
namespace {

enum class Shape { kPlain, kVerbose, kAtom };

Shape shape_of(const Exchange& exchange) {
  const std::string accept = lower_ascii(exchange.head.find("Accept").value_or(""));
  if (accept.find("odata=verbose") != std::string::npos) return Shape::kVerbose;
  return accept.find("json") == std::string::npos ? Shape::kAtom : Shape::kPlain;
}

std::string atom_of(const Json& value) {
  std::string properties;
  for (const auto& [key, one] : value.items()) {
    if (one.is_object() || one.is_array()) continue;
    const std::string text = one.is_string() ? one.get<std::string>() : one.dump();
    properties += "<d:" + key + ">" + xml_text(text) + "</d:" + key + ">";
  }
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?><entry xmlns=\"http://www.w3.org/2005/Atom\" "
         "xmlns:d=\"http://schemas.microsoft.com/ado/2007/08/dataservices\" "
         "xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\">"
         "<content type=\"application/xml\"><m:properties>" +
         properties + "</m:properties></content></entry>";
}

Reply shaped(Exchange& exchange, unsigned status, Shape shape, const Json& plain) {
  Reply reply;
  reply.status = status;
  add_request_ids(exchange, reply);
  if (shape == Shape::kAtom) {
    reply.set("Content-Type", "application/atom+xml;type=entry;charset=utf-8");
    reply.body = atom_of(plain);
    return reply;
  }
  const bool verbose = shape == Shape::kVerbose;
  reply.set("Content-Type", std::string("application/json;odata=") +
                                (verbose ? "verbose" : "nometadata") + ";charset=utf-8");
  reply.body = (verbose ? Json{{"d", plain}} : plain).dump();
  return reply;
}

// Only what $select names; paths into other entities are not kept here.
Json narrowed(const OfficeCall& call, const Json& value) {
  const auto names = call.query.list("select");
  if (names.empty()) return value;
  Json out = Json::object();
  for (const std::string& name : names) {
    if (value.contains(name)) out[name] = value.at(name);
  }
  return out;
}

const char* exception_of(unsigned status) {
  switch (status) {
    case 401:
    case 403:
      return "-2147024891, System.UnauthorizedAccessException";
    case 404:
      return "-2147024894, System.IO.FileNotFoundException";
    case 423:
      return "-2147018894, Microsoft.SharePoint.SPFileLockException";
    default:
      return "-1, Microsoft.SharePoint.Client.InvalidClientQueryException";
  }
}

}  // namespace

Json rest_file(Store& store, const Item& item) {
  return {{"Exists", true},
          {"CheckOutType", item.checked_out_by.empty() ? 2 : 0},
          {"ContentTag", "{" + item.guid + "}," + std::to_string(item.ctag)},
          {"ETag", item.etag_text()},
          {"Length", std::to_string(item.current().size)},  // a text, of all numbers
          {"Name", item.name},
          {"ServerRelativeUrl", server_path(store, item)},
          {"TimeLastModified", iso_time(item.modified)},
          {"UIVersionLabel", item.current().label},
          {"UniqueId", lower_ascii(item.guid)}};
}

Json rest_folder(Store& store, Item& item) {
  const std::string path = server_path(store, item);
  return {{"Exists", true},
          {"ItemCount", store.children(item).size()},
          {"Name", path.substr(path.rfind('/') + 1)},
          {"ServerRelativeUrl", path},
          {"TimeLastModified", iso_time(item.modified)},
          {"UniqueId", lower_ascii(item.guid)}};
}

Reply rest_reply(const OfficeCall& call, unsigned status, const Json& value) {
  return shaped(call.exchange, status, shape_of(call.exchange), narrowed(call, value));
}

Reply rest_list(const OfficeCall& call, const Json& values) {
  const Shape shape = shape_of(call.exchange);
  Json list = Json::array();
  for (const Json& one : values) list.push_back(narrowed(call, one));
  const char* key = shape == Shape::kVerbose ? "results" : "value";
  return shaped(call.exchange, 200, shape, {{key, list}});
}

Reply rest_error(Exchange& exchange, const Refusal& refusal) {
  const Shape shape = shape_of(exchange);
  const Json error = {{"code", exception_of(refusal.status)},
                      {"message", {{"lang", "en-US"}, {"value", refusal.what()}}}};
  Reply reply;
  reply.status = refusal.status;
  add_request_ids(exchange, reply);
  if (shape == Shape::kAtom) {
    reply.set("Content-Type", "application/xml;charset=utf-8");
    reply.body =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><m:error xmlns:m=\"http://schemas."
        "microsoft.com/ado/2007/08/dataservices/metadata\"><m:code>" +
        std::string(exception_of(refusal.status)) + "</m:code><m:message xml:lang=" + "\"en-US\">" +
        xml_text(refusal.what()) + "</m:message></m:error>";
  } else {
    reply.set("Content-Type", "application/json;charset=utf-8");
    reply.body = Json{{shape == Shape::kVerbose ? "error" : "odata.error", error}}.dump();
  }
  if (refusal.status == 401) reply.set("WWW-Authenticate", "Bearer realm=\"\", Basic realm=\"\"");
  return reply;
}

}  // namespace kerros::sandbox
