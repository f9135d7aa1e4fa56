export const version = '3.33.2'
export const install = {}
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>site</groupId><artifactId>site</artifactId><version>1</version>
<properties><maven.compiler.release>17</maven.compiler.release><project.build.sourceEncoding>UTF-8</project.build.sourceEncoding></properties>
<dependencyManagement><dependencies><dependency><groupId>io.quarkus.platform</groupId><artifactId>quarkus-bom</artifactId><version>3.33.2</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>
<dependencies>
<dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest</artifactId></dependency>
<dependency><groupId>io.quarkus</groupId><artifactId>quarkus-oidc</artifactId></dependency>
</dependencies>
<build><plugins>
<plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-compiler-plugin</artifactId><version>3.14.0</version></plugin>
<plugin><groupId>io.quarkus.platform</groupId><artifactId>quarkus-maven-plugin</artifactId><version>3.33.2</version><executions><execution><goals><goal>build</goal></goals></execution></executions></plugin>
</plugins></build></project>`
const MAIN = `package site;
import io.quarkus.oidc.IdToken;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.jwt.JsonWebToken;

@Path("/who")
public class Who {
  @Inject @IdToken JsonWebToken token;
  @GET
  public String who() { return token.getClaim("name") + " " + token.getSubject(); }
}
`
export async function drive(site) {
  site.paste('src/main/resources/application.properties')
  site.append('src/main/resources/application.properties', `quarkus.http.port=${site.port}\nquarkus.http.host=127.0.0.1`)
  site.write('pom.xml', POM)
  site.write('src/main/java/site/Who.java', MAIN)
  site.runs('mvn', '-q', '-B', 'package')
  await site.start('java', ['-jar', 'target/quarkus-app/quarkus-run.jar'])
  await site.signsIn('/who')
  await site.signsOut('/logout')
}
