// Refusals are read by programs of many kinds, and the sentence in them by people.
#include "gateway/sharepoint/refusal_form.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace kerros::sharepoint {
namespace {

constexpr std::string_view kSentence = "Not <here> & \"now\".";

RefusalForm form_of(std::string_view method, std::string_view target, const char* accept = "") {
  graph::RequestHead head{graph::method_of(method), std::string(method), std::string(target), {}};
  head.fields.add("Accept", accept);
  const auto route = classify_tenant(HostKind::kTenant, head);
  EXPECT_TRUE(route);
  return route ? refusal_form(*route, head.fields) : RefusalForm::kText;
}

FormedRefusal formed(RefusalForm form) { return form_refusal(form, 403, kSentence, "id-1"); }

TEST(RefusalForm, IsThatOfTheProtocol) {
  EXPECT_EQ(form_of("POST", "/_vti_bin/client.svc/ProcessQuery"), RefusalForm::kCsom);
  EXPECT_EQ(form_of("PUT", "/sites/x/D/a"), RefusalForm::kWebdav);
  EXPECT_EQ(form_of("POST", "/_vti_bin/cellstorage.svc/CellStorageService"), RefusalForm::kSoap);
  EXPECT_EQ(form_of("GET", "/sites/x/D/a"), RefusalForm::kText);
}

TEST(RefusalForm, IsWhatRestClientsAccept) {
  const char* add = "/_api/web/GetFolderById('1')/Files/add(url='x')";
  EXPECT_EQ(form_of("POST", add, "application/json"), RefusalForm::kRestJson);
  EXPECT_EQ(form_of("POST", add, "application/json;odata=Verbose"), RefusalForm::kRestVerbose);
  EXPECT_EQ(form_of("POST", add, "application/atom+xml"), RefusalForm::kRestXml);
}

TEST(FormedRefusal, HoldsItsSentenceInJson) {
  const auto rest = nlohmann::json::parse(formed(RefusalForm::kRestJson).body);
  EXPECT_EQ(rest["odata.error"]["message"]["value"], kSentence);
  const auto verbose = nlohmann::json::parse(formed(RefusalForm::kRestVerbose).body);
  EXPECT_EQ(verbose["error"]["message"]["value"], kSentence);
  const auto csom = nlohmann::json::parse(formed(RefusalForm::kCsom).body);
  EXPECT_EQ(csom[0]["ErrorInfo"]["ErrorMessage"], kSentence);
  EXPECT_EQ(csom[0]["TraceCorrelationId"], "id-1");
}

TEST(FormedRefusal, EscapesItsSentenceInXml) {
  for (const auto form : {RefusalForm::kRestXml, RefusalForm::kSoap, RefusalForm::kWebdav}) {
    const FormedRefusal refusal = formed(form);
    EXPECT_NE(refusal.body.find("Not &lt;here> &amp; \"now\"."), std::string::npos);
    EXPECT_NE(refusal.content_type.find("xml"), std::string::npos);
  }
}

TEST(FormedRefusal, SaysItInTheStatusLineToClientsThatShowNothingElse) {
  EXPECT_EQ(formed(RefusalForm::kWebdav).reason, kSentence);
  EXPECT_EQ(formed(RefusalForm::kRestJson).reason, "");
  const auto sly = form_refusal(RefusalForm::kWebdav, 403, "One\r\nSet-Cookie: \xc3\xa4", "id-1");
  EXPECT_EQ(sly.reason, "One??Set-Cookie: ??");
}

}  // namespace
}  // namespace kerros::sharepoint
