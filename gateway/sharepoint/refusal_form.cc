#include "gateway/sharepoint/refusal_form.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace kerros::sharepoint {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kDeniedType = "System.UnauthorizedAccessException";
constexpr int kDenied = -2147024891;

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out.append("&amp;");
    else if (c == '<')
      out.append("&lt;");
    else
      out.push_back(c);
  }
  return out;
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string rest_code(unsigned status) {
  if (status == 401 || status == 403)
    return std::to_string(kDenied) + ", " + std::string(kDeniedType);
  return "-1, Microsoft.SharePoint.SPException";
}

std::string rest_json(unsigned status, std::string_view sentence, const char* key) {
  return text_of(
      {{key,
        {{"code", rest_code(status)}, {"message", {{"lang", "en-US"}, {"value", sentence}}}}}});
}

std::string rest_xml(unsigned status, std::string_view sentence) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?><m:error xmlns:m=\"http://schemas.microsoft."
         "com/ado/2007/08/dataservices/metadata\"><m:code>" +
         rest_code(status) + "</m:code><m:message xml:lang=\"en-US\">" + escaped(sentence) +
         "</m:message></m:error>";
}

std::string csom(std::string_view sentence, std::string_view request_id) {
  const Json error{{"ErrorMessage", sentence},
                   {"ErrorValue", nullptr},
                   {"TraceCorrelationId", request_id},
                   {"ErrorCode", kDenied},
                   {"ErrorTypeName", kDeniedType}};
  Json answer = Json::array();
  answer.push_back({{"SchemaVersion", "15.0.0.0"},
                    {"LibraryVersion", "16.0.0.0"},
                    {"ErrorInfo", error},
                    {"TraceCorrelationId", request_id}});
  return text_of(answer);
}

std::string soap(std::string_view sentence) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap."
         "org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>" +
         escaped(sentence) + "</faultstring></s:Fault></s:Body></s:Envelope>";
}

std::string webdav(std::string_view sentence) {
  return "<?xml version=\"1.0\" encoding=\"utf-8\"?><D:error xmlns:D=\"DAV:\" "
         "xmlns:k=\"urn:kerros\">"
         "<k:refused>" +
         escaped(sentence) + "</k:refused></D:error>";
}

// What fits into a status line.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(out, [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

std::string content_type(RefusalForm form) {
  switch (form) {
    case RefusalForm::kRestJson:
    case RefusalForm::kCsom:
      return "application/json;charset=utf-8";
    case RefusalForm::kRestVerbose:
      return "application/json;odata=verbose;charset=utf-8";
    case RefusalForm::kRestXml:
      return "application/xml;charset=utf-8";
    case RefusalForm::kSoap:
    case RefusalForm::kWebdav:
      return "text/xml; charset=utf-8";
    case RefusalForm::kText:
      break;
  }
  return "text/plain; charset=utf-8";
}

std::string body_of(RefusalForm form, unsigned status, std::string_view sentence,
                    std::string_view request_id) {
  switch (form) {
    case RefusalForm::kRestJson:
      return rest_json(status, sentence, "odata.error");
    case RefusalForm::kRestVerbose:
      return rest_json(status, sentence, "error");
    case RefusalForm::kRestXml:
      return rest_xml(status, sentence);
    case RefusalForm::kCsom:
      return csom(sentence, request_id);
    case RefusalForm::kSoap:
      return soap(sentence);
    case RefusalForm::kWebdav:
      return webdav(sentence);
    case RefusalForm::kText:
      break;
  }
  return std::string(sentence) + "\n";
}

bool has_word(const TenantRoute& route, std::string_view name) {
  return std::ranges::any_of(route.target.words, [&](const Word& word) { return word == name; });
}

}  // namespace

RefusalForm refusal_form(const TenantRoute& route, const graph::Fields& request) {
  if (route.channel == "csom") return RefusalForm::kCsom;
  if (route.channel == "webdav") return RefusalForm::kWebdav;
  if (has_word(route, "_api")) {
    const std::string accept = in_lower_case(request.find("Accept").value_or(""));
    if (accept.find("json") == std::string::npos) return RefusalForm::kRestXml;
    return accept.find("odata=verbose") == std::string::npos ? RefusalForm::kRestJson
                                                             : RefusalForm::kRestVerbose;
  }
  const bool is_soap = route.channel == "cellstorage" || route.channel == "web-service";
  return is_soap ? RefusalForm::kSoap : RefusalForm::kText;
}

FormedRefusal form_refusal(RefusalForm form, unsigned status, std::string_view sentence,
                           std::string_view request_id) {
  return {content_type(form), body_of(form, status, sentence, request_id),
          form == RefusalForm::kWebdav ? one_line(sentence) : ""};
}

}  // namespace kerros::sharepoint
