# syntax=docker/dockerfile:1
# One image for every function: what it is, the build arguments FUNCTION, MODELS and the target say.
#
#   docker build --target cpu -t cutline/functions .                                       ingest, warmup, storefront
#   docker build --target gpu -t cutline/segment --build-arg FUNCTION=segment --build-arg MODELS=birefnet-general .
#
# deploy/images.json has the rows that Cloud Build makes; deploy/build-check.ts builds the cpu target without Docker.
ARG NODE_IMAGE=node:24-bookworm-slim
# As old as the Python that the bake's pinned packages were tried with.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
# Any CUDA 12 with cuDNN 9. Not 13: Cloud Run's L4 has driver 535, which CUDA 13 refuses.
ARG CUDA_IMAGE=nvidia/cuda:12.8.1-cudnn-runtime-ubuntu22.04

# ---- models: what MODELS names, fetched, exported and held against its source; without a name, an empty folder
FROM ${PYTHON_IMAGE} AS models
ARG MODELS=""
ARG PRECISION=fp16
# PyPI's PyTorch for x86 brings 5 GB of CUDA along, of which the bake uses nothing.
ARG PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
ARG CUTLINE_MODEL_MIRROR=""
WORKDIR /app
COPY models/manifest.json models/
COPY models/samples/*.jpg models/samples/
COPY models/bake models/bake
# One layer, so that Python's gigabyte ends with it.
RUN mkdir /baked; \
    [ -n "$MODELS" ] || exit 0; \
    set -e; \
    python3 -m venv /tmp/bake; \
    /tmp/bake/bin/pip install --no-cache-dir -r models/bake/requirements-bake.txt; \
    /tmp/bake/bin/pip install --no-cache-dir --no-deps -r models/bake/requirements-no-deps.txt; \
    /tmp/bake/bin/python models/bake/bake.py $MODELS --precision "$PRECISION" --out /baked --cache /tmp/fetched; \
    rm -rf /tmp/bake /tmp/fetched

# ---- deps: what runs, for this platform alone
FROM ${NODE_IMAGE} AS deps
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev \
    && cd node_modules/onnxruntime-node/bin/napi-v6 \
    && find . -mindepth 2 -maxdepth 2 -type d ! -path "./linux/$(node -p process.arch)" -exec rm -r {} + \
    && find . -type d -empty -delete

# ---- page: the storefront's page, by a bundler that stays here
FROM ${NODE_IMAGE} AS page
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY tools tools
COPY shared shared
COPY functions functions
RUN npm run page

# ---- app: the product's own files, its models verified, its code compiled once
FROM deps AS app
COPY models/*.ts models/manifest.json models/
COPY models/builtin models/builtin
COPY models/backgrounds/templates.json models/backgrounds/*.jpg models/backgrounds/
COPY shared shared
COPY functions functions
# The page as it was bundled, without its sources: npm run serve would take them for newer and bundle again.
RUN rm -r functions/storefront/page
COPY --from=page /app/functions/storefront/page/dist functions/storefront/page/dist
RUN --mount=type=bind,from=models,source=/baked,target=/app/models/baked \
    node models/list.ts verify --models models/baked
RUN --mount=type=bind,source=deploy/fill-compile-cache.ts,target=/app/deploy/fill-compile-cache.ts \
    NODE_COMPILE_CACHE=/app/.compiled node deploy/fill-compile-cache.ts

# ---- base: what both targets begin with
FROM ${NODE_IMAGE} AS base
# One arena of glibc's: those of the model's threads keep up to a third of the memory that nobody uses any more.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=1 \
    NODE_COMPILE_CACHE=/app/.compiled \
    MODELS_DIR=/app/models/baked \
    DATA_DIR=/data
WORKDIR /app
# compose.yaml keeps its volume there; in the cloud nothing is written but below /tmp.
RUN mkdir /data && chown node:node /data
# Cloud Run sets PORT; this is what the framework takes without.
EXPOSE 8080
# In exec form: npm or a shell in between would keep SIGTERM to itself.
CMD ["node", "functions/start.ts"]

# ---- target cpu. What changes seldom lies below what changes often: weights, packages, the product.
FROM base AS cpu
COPY --from=models /baked models/baked
COPY --from=deps /app/node_modules node_modules
COPY --from=app /app/package.json ./
COPY --from=app /app/models models
COPY --from=app /app/shared shared
COPY --from=app /app/functions functions
COPY --from=app /app/.compiled .compiled
ARG FUNCTION=storefront
ENV DEVICE=cpu \
    FUNCTION_SOURCE=functions/${FUNCTION}/index.ts \
    FUNCTION_TARGET=${FUNCTION}
USER node

# ---- provider: onnxruntime's half for CUDA, which npm's package leaves out
FROM deps AS provider
COPY deploy/check-provider.sh /build/
RUN ONNXRUNTIME_NODE_INSTALL=true node node_modules/onnxruntime-node/script/install.js \
    && mkdir /provider \
    && mv node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_*.so /provider/ \
    && sh /build/check-provider.sh /provider/libonnxruntime_providers_cuda.so

# ---- cuda: of the gigabytes there only what the provider links or opens
FROM ${CUDA_IMAGE} AS cuda
COPY deploy/cuda-libraries.sh /build/
COPY --from=provider /provider /provider
RUN sh /build/cuda-libraries.sh /provider/libonnxruntime_providers_cuda.so /cuda

# ---- target gpu
FROM base AS gpu
# The platform brings the driver: libcuda and nvidia-smi. Cloud Run mounts them under /usr/local/nvidia, Docker's toolkit
# puts them in place when it is asked for compute and utility.
ENV DEVICE=cuda \
    LD_LIBRARY_PATH=/usr/local/cuda/lib64:/usr/local/nvidia/lib64 \
    PATH=$PATH:/usr/local/nvidia/bin \
    NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility
COPY --from=cuda /cuda /usr/local/cuda/lib64
COPY --from=provider /provider node_modules/onnxruntime-node/bin/napi-v6/linux/x64
COPY --from=models /baked models/baked
COPY --from=deps /app/node_modules node_modules
COPY --from=app /app/package.json ./
COPY --from=app /app/models models
COPY --from=app /app/shared shared
COPY --from=app /app/functions functions
COPY --from=app /app/.compiled .compiled
ARG FUNCTION=segment
ENV FUNCTION_SOURCE=functions/${FUNCTION}/index.ts \
    FUNCTION_TARGET=${FUNCTION}
USER node
