# syntax=docker/dockerfile:1

# The jars.
FROM maven:3.9-eclipse-temurin-17 AS jars
WORKDIR /build
COPY pom.xml LICENSE ./
COPY conf conf
COPY src/main src/main
COPY image image
RUN mvn -B -ntp -q package -Pimage && image/assemble /opt/quotient

# The runtime, and the AOT cache of classes, trained in this same runtime.
FROM eclipse-temurin:25-jdk AS runtime
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends curl postgresql \
    && rm -rf /var/lib/apt/lists/*
COPY --from=jars /opt/quotient /opt/quotient
COPY image /opt/quotient/image
RUN /opt/quotient/image/runtime "$JAVA_HOME" /opt/quotient /opt/java
RUN service postgresql start \
    && su postgres -c "psql -qc \"CREATE ROLE quotient LOGIN SUPERUSER PASSWORD 'training'\"" \
    && su postgres -c "createdb -O quotient quotient" \
    && QUOTIENT_DATABASE_URL='postgresql://quotient:training@127.0.0.1:5432/quotient?sslmode=disable' \
       /opt/quotient/image/train /opt/java /opt/quotient

# The image that runs. Its layers: runtime, libraries, application.
FROM debian:12-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Quotient" \
      org.opencontainers.image.description="Self-hosted API server with public and secret API keys" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/quotient/quotient" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=runtime /opt/java /opt/java
COPY --from=runtime /opt/quotient/lib /opt/quotient/lib
COPY --from=runtime /opt/quotient/image /opt/quotient/image
COPY --from=runtime /opt/quotient/quotient.jar /opt/quotient/quotient.aot /opt/quotient/
# Each thread would get an arena of the C library of its own.
ENV MALLOC_ARENA_MAX=2
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080 8081
ENTRYPOINT ["/opt/quotient/image/serve"]
